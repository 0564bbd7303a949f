package io.github.txt2lora.spark;

import io.github.txt2lora.LoraTraining;
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
    public byte[] call(byte[] order) throws InterruptedException {
        ExecutorRoom room = ExecutorRoom.ofThisProcess();
        Terms read = Wire.read(terms, Terms.class);
        return Wire.write(train(read, Wire.read(order, Order.class), Attempt.current(read.mostAttempts()), room));
    }

    /** The outcomes by the keys of the LoRAs. */
    static Map<String, Object> train(Terms terms, Order order, Attempt attempt, ExecutorRoom room)
            throws InterruptedException {
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
        for (Order.Part part : order.parts()) {
            if (!outcomes.has(part.key())) {
                outcomes.end(
                        part.key(),
                        part.training()
                                .map(LoraTraining::name)
                                .<Object>map(name -> new TrainingOutcome.Failed(name, failure))
                                .orElseGet(() -> new LoraOutcome.Failed(part.key(), failure)));
            }
        }
    }
}
