package io.github.txt2lora.spark;

import io.github.txt2lora.Txt2LoraException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One job of Spark with a task for each order. */
final class SparkRun {

    private static final Logger LOG = LoggerFactory.getLogger(SparkRun.class);

    private static final String INTERRUPT_ON_CANCEL = "spark.job.interruptOnCancel";

    private static final Duration LATE_MESSAGES = Duration.ofSeconds(10);

    /** An engine takes a minute at the most to end a training with its state on disk. */
    private static final Duration SUSPENSION = Duration.ofSeconds(90);

    private final JavaSparkContext context;
    private final Terms terms;
    private final List<Order> orders;
    private final Progress progress;

    SparkRun(JavaSparkContext context, Terms terms, List<Order> orders, Progress progress) {
        this.context = context;
        this.terms = terms;
        this.orders = orders;
        this.progress = progress;
    }

    /**
     * Waits for the end. If the thread is interrupted, trainings are suspended; it stays interrupted.
     *
     * @return why Spark ended the job, if it did so before all was done
     */
    Optional<Txt2LoraException> await() {
        if (orders.isEmpty()) {
            return Optional.empty();
        }
        DriverMail.ofThisProcess().open(terms.run(), progress::receive);
        try {
            JavaFutureAction<List<byte[]>> job = submit();
            try {
                results(job.get());
                return Optional.empty();
            } catch (InterruptedException e) {
                suspend(job);
                Thread.currentThread().interrupt();
                return Optional.empty();
            } catch (CancellationException e) {
                return Optional.empty();
            } catch (ExecutionException e) {
                return Optional.of(ended(e.getCause()));
            }
        } finally {
            DriverMail.ofThisProcess().close(terms.run());
        }
    }

    private JavaFutureAction<List<byte[]>> submit() {
        String earlier = context.getLocalProperty(INTERRUPT_ON_CANCEL);
        context.setLocalProperty(INTERRUPT_ON_CANCEL, "true");
        try {
            List<byte[]> bytes = orders.stream().map(Wire::write).toList();
            return context.parallelize(bytes, bytes.size())
                    .map(new TrainTask(terms))
                    .collectAsync();
        } finally {
            context.setLocalProperty(INTERRUPT_ON_CANCEL, earlier);
        }
    }

    /** A result holds what a message would have told that was lost. */
    private void results(List<byte[]> all) {
        progress.await(keys(), LATE_MESSAGES);
        all.forEach(bytes -> ends(Wire.read(bytes, Map.class)));
    }

    private void ends(Map<?, ?> outcomes) {
        outcomes.forEach((key, outcome) -> progress.end((String) key, outcome));
    }

    private void suspend(JavaFutureAction<List<byte[]>> job) {
        job.cancel(true);
        progress.await(keys().stream().filter(progress::hasBegun).toList(), SUSPENSION);
    }

    private List<String> keys() {
        return orders.stream().flatMap(order -> order.keys().stream()).toList();
    }

    private static Txt2LoraException ended(@Nullable Throwable cause) {
        LOG.error("Spark ended the job", cause);
        return new Txt2LoraException(
                "Spark ended the job before the LoRA was finished: " + (cause == null ? "" : cause.getMessage())
                        + "; start it again, which resumes what was begun",
                cause);
    }
}
