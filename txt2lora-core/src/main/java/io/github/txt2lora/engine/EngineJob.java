package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingProgress;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The handle of a training in this engine. */
final class EngineJob implements TrainingJob {

    private final LoraTraining training;
    private final EventQueue events;
    private final Executor completionExecutor;
    private final JobControl control = new JobControl();
    private final CompletableFuture<TrainedLora> result = new CompletableFuture<>();
    private volatile TrainingProgress progress;

    /**
     * A queued job.
     *
     * @param completionExecutor runs what depends on {@link #completion()}; not the thread that trains, which must not
     *     wait for itself when a dependent asks the engine for more
     */
    EngineJob(LoraTraining training, EventQueue events, Executor completionExecutor) {
        this.training = training;
        this.events = events;
        this.completionExecutor = completionExecutor;
        this.progress = new TrainingProgress(0, training.training().iterations(), Double.NaN, 0, Optional.empty());
    }

    JobControl control() {
        return control;
    }

    void publish(TrainingEvent event) {
        events.publish(event);
    }

    void progress(TrainingProgress newProgress) {
        progress = newProgress;
    }

    /** Ends with a result; the state changes before anybody who waits is told. */
    void complete(JobState state, TrainedLora lora) {
        control.end(state);
        result.complete(lora);
    }

    /** Ends without a result. */
    void fail(JobState state, Txt2LoraException failure) {
        control.end(state);
        result.completeExceptionally(failure);
    }

    private CompletionStage<TrainedLora> end() {
        return result;
    }

    /** Runs an action when the job has ended, however that is. */
    void onEnd(Runnable action) {
        end().whenComplete((lora, failure) -> action.run());
    }

    @Override
    public LoraTraining training() {
        return training;
    }

    @Override
    public JobState state() {
        return control.state();
    }

    @Override
    public TrainingProgress progress() {
        return progress;
    }

    @Override
    public TrainedLora await() throws InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    @Override
    public Optional<TrainedLora> await(Duration timeout) throws InterruptedException {
        try {
            return Optional.of(result.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private static Txt2LoraException failure(ExecutionException e) {
        if (e.getCause() instanceof Txt2LoraException failure) {
            return failure;
        }
        return new Txt2LoraException("the training ended unexpectedly: " + e.getCause(), e.getCause());
    }

    @Override
    public void pause() {
        control.pause();
    }

    @Override
    public void resume() {
        control.resume();
    }

    @Override
    public void cancel(CancelMode mode) {
        if (control.cancel(mode)) {
            publish(new TrainingCancelled(0, Optional.empty()));
            result.completeExceptionally(new TrainingCancelledException(
                    "the training of " + training.name() + " was cancelled before it began"));
        }
    }

    /** A stage of its own for each caller: nobody can complete another's, and the exception arrives unwrapped. */
    @Override
    public CompletionStage<TrainedLora> completion() {
        var stage = new CompletableFuture<TrainedLora>();
        end().whenComplete((lora, failure) -> completionExecutor.execute(() -> {
            if (failure != null) {
                stage.completeExceptionally(failure);
            } else {
                stage.complete(lora);
            }
        }));
        return stage;
    }
}
