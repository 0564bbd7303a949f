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
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.job.EventQueue;
import io.github.txt2lora.internal.job.JobOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** The handle of a training in this engine. */
final class EngineJob implements TrainingJob {

    private final LoraTraining training;
    private final EventQueue events;
    private final JobControl control;
    private final JobOutcome outcome;
    private final OutputClaim output;
    private volatile TrainingProgress progress;

    /**
     * A queued job.
     *
     * @param completionExecutor runs what depends on {@link #completion()}
     */
    EngineJob(LoraTraining training, EventQueue events, Executor completionExecutor) {
        this(training, events, completionExecutor, new JobControl());
    }

    EngineJob(LoraTraining training, EventQueue events, Executor completionExecutor, JobControl control) {
        this.training = training;
        this.control = control;
        this.events = events;
        this.outcome = new JobOutcome(completionExecutor);
        this.output = new OutputClaim(training);
        this.progress = new TrainingProgress(0, training.iterations(), Double.NaN, 0, Optional.empty());
    }

    JobControl control() {
        return control;
    }

    /** The right to the file, which is given up before anybody is told of the end. */
    OutputClaim output() {
        return output;
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
        output.close();
        outcome.complete(lora);
    }

    /** Ends without a result. */
    void fail(JobState state, Txt2LoraException failure) {
        control.end(state);
        output.close();
        outcome.fail(failure);
    }

    /** Runs an action when the job has ended, however that is. */
    void onEnd(Runnable action) {
        outcome.onEnd(action);
    }

    /** Runs an action when everybody was told of the end. */
    void afterAll(Runnable action) {
        outcome.afterAll(action);
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
        return outcome.await();
    }

    @Override
    public Optional<TrainedLora> await(Duration timeout) throws InterruptedException {
        return outcome.await(timeout);
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
        if (control.cancel(Check.given("mode", mode))) {
            output.close();
            publish(new TrainingCancelled(0, Optional.empty()));
            outcome.fail(new TrainingCancelledException(
                    "the training of " + training.name() + " was cancelled before it began"));
        }
    }

    @Override
    public CompletionStage<TrainedLora> completion() {
        return outcome.completion();
    }
}
