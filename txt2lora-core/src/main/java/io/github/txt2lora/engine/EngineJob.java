package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingProgress;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.TrainingEvent;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The handle of a training in this engine. */
final class EngineJob implements TrainingJob {

    private final LoraTraining training;
    private final EventQueue events;
    private final JobControl control = new JobControl();
    private final CompletableFuture<TrainedLora> completion = new CompletableFuture<>();
    private volatile TrainingProgress progress;

    EngineJob(LoraTraining training, EventQueue events) {
        this.training = training;
        this.events = events;
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
        completion.complete(lora);
    }

    /** Ends without a result. */
    void fail(JobState state, Txt2LoraException failure) {
        control.end(state);
        completion.completeExceptionally(failure);
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
            return completion.get();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    @Override
    public Optional<TrainedLora> await(Duration timeout) throws InterruptedException {
        try {
            return Optional.of(completion.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
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
        control.cancel(mode);
    }

    @Override
    public CompletionStage<TrainedLora> completion() {
        return completion.minimalCompletionStage();
    }
}
