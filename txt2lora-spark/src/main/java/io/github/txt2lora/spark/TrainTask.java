package io.github.txt2lora.spark;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.batch.LoraOutcome;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.api.java.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Spark does on an executor. Orders and results go over as bytes of {@link Wire}. Whatever is wrong with a LoRA or
 * with its node is a result; only what ends the process, or makes it useless, is a failure of the task, after which
 * Spark gives it to another executor.
 */
final class TrainTask implements Function<byte[], byte[]> {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(TrainTask.class);

    private final byte[] terms;

    TrainTask(Terms terms) {
        this.terms = Wire.write(terms);
    }

    @Override
    public byte[] call(byte[] order) {
        ExecutorRoom room = ExecutorRoom.ofThisProcess();
        Terms read = Wire.read(terms, Terms.class);
        return Wire.write(train(read, Wire.read(order, Order.class), Attempt.current(read.mostAttempts()), room));
    }

    /** The outcomes by the keys of the LoRAs. */
    static Map<String, Object> train(Terms terms, Order order, Attempt attempt, ExecutorRoom room) {
        Reporter reporter =
                new Reporter(room::tell, terms.run(), attempt.number(), terms.everyIteration(), System::nanoTime);
        order.keys().forEach(key -> reporter.tell(key, new Happening.TakenOver(attempt.host())));
        Outcomes outcomes = new Outcomes(reporter, attempt.killed());
        try {
            if (terms.batch().isPresent()) {
                new BatchTask(terms, terms.batch().get(), attempt, reporter, room).train(order, outcomes);
            } else {
                new TrainingTask(terms, attempt, reporter, room).train(order, outcomes);
            }
        } catch (Txt2LoraException e) {
            failRest(order, outcomes, Failures.onHost(e, attempt.host()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            endRest(order, outcomes, TrainTask::interrupted);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("unexpected", e);
            failRest(order, outcomes, Failures.onHost(Failures.unexpected(e), attempt.host()));
        }
        if (outcomes.areLost()) {
            throw new IllegalStateException("the executor on " + attempt.host() + " ends; another one goes on");
        }
        return new LinkedHashMap<>(outcomes.all());
    }

    private static void failRest(Order order, Outcomes outcomes, Txt2LoraException failure) {
        endRest(
                order,
                outcomes,
                part -> part.training()
                        .<Object>map(training -> new TrainingOutcome.Failed(training.name(), failure))
                        .orElseGet(() -> new LoraOutcome.Failed(part.key(), failure)));
    }

    private static Object interrupted(Order.Part part) {
        return part.training()
                .<Object>map(training -> new TrainingOutcome.Interrupted(training.name(), false))
                .orElseGet(() -> new LoraOutcome.Interrupted(part.key(), false));
    }

    private static void endRest(
            Order order, Outcomes outcomes, java.util.function.Function<Order.Part, Object> outcome) {
        order.parts().stream()
                .filter(part -> !outcomes.has(part.key()))
                .forEach(part -> outcomes.end(part.key(), outcome.apply(part)));
    }
}
