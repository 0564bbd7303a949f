package io.github.txt2lora.mlflow;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.internal.Check;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Tracks trainings in an experiment of an MLflow server: a run for each training, with its settings as parameters and
 * {@code loss}, {@code gradient_norm}, {@code learning_rate}, {@code iterations_per_second} and each measured
 * {@code gap} as metrics of their iterations; at the end gap, drift and the LoRA.
 *
 * <pre>{@code
 * try (MlflowTracking tracking = MlflowTracking.open(MlflowServer.fromEnvironment(), "characters");
 *         TrainingEngine engine = TrainingEngine.open()) {
 *     engine.train(training, tracking.listener());
 * }
 * }</pre>
 *
 * <p>No training waits for the server, and none fails because of it. What a server that does not answer is to be told
 * waits in memory. What it refuses, and what is not sent when this is closed, is left out with a warning in the log.
 * A training that resumes continues its run. Close the engine first, so that all events have arrived. May be used from
 * any thread.
 */
public final class MlflowTracking implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MlflowRuns runs;
    private final SendingQueue queue;

    private MlflowTracking(MlflowRuns runs, SendingQueue queue) {
        this.runs = runs;
        this.queue = queue;
    }

    /**
     * Opens an experiment, which is made if it is not there.
     *
     * @param experiment its name
     * @throws Txt2LoraException if no MLflow server answers within 20 seconds, it refuses, or the
     *     thread is interrupted, which it then stays
     */
    public static MlflowTracking open(MlflowServer server, String experiment) {
        Check.given("server", server);
        Check.given("experiment", experiment);
        try {
            return new MlflowTracking(new MlflowRuns(server, experiment), new SendingQueue(server));
        } catch (IOException e) {
            throw new Txt2LoraException(
                    "no MLflow server answers at " + server + ": "
                            + Objects.requireNonNullElse(e.getMessage(), "connection refused")
                            + "; start one (mlflow server), or correct the address",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Txt2LoraException("interrupted while waiting for the MLflow server at " + server, e);
        } catch (RefusedException e) {
            throw new Txt2LoraException(
                    "the MLflow server at " + server + " does not open the experiment " + experiment + ": "
                            + e.getMessage() + "; expected a server that this token or login may write to, and an"
                            + " experiment that is not deleted",
                    e);
        }
    }

    /** A listener for one training. */
    public TrainingListener listener() {
        return new TrackedTraining(name -> new TrackedRun(queue, runs, name, Optional.empty()), true);
    }

    /**
     * Tracks a batch: a run for the batch, and within it one for each LoRA.
     *
     * @param name of the batch's run
     */
    public MlflowBatch batch(String name) {
        return new MlflowBatch(Check.given("name", name), queue, runs);
    }

    /**
     * Sends what is left to tell, which takes a minute at most. May be called more than once. Trainings that go on are
     * not tracked any longer.
     */
    @Override
    public void close() {
        queue.close(PATIENCE);
        runs.close();
    }
}
