package io.github.txt2lora.testing;

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
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.job.EventQueue;
import io.github.txt2lora.internal.job.JobOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The handle and the states of a scripted training. All of it happens under the lock of the clock. */
final class FakeJob implements TrainingJob, FakeTask {

    private final LoraTraining training;
    private final VirtualClock clock;
    private final FakeWorker worker;
    private final EventQueue events;
    private final JobOutcome outcome;
    private final ScriptedRun run;
    private JobState state = JobState.QUEUED;
    private boolean pauseWanted;
    private @Nullable CancelMode cancelled;
    private Duration pausedAt = Duration.ZERO;

    FakeJob(
            LoraTraining training,
            TrainingScript script,
            FakeStates states,
            VirtualClock clock,
            FakeWorker worker,
            EventQueue events) {
        this.training = training;
        this.clock = clock;
        this.worker = worker;
        this.events = events;
        this.outcome = new JobOutcome(worker);
        this.run = new ScriptedRun(training, script, states, events::publish);
    }

    @Override
    public boolean step(Duration now) {
        if (state == JobState.QUEUED) {
            enter(JobState.RUNNING, new TrainingStarted(training));
            run.begin(now);
        } else if (cancelled != null) {
            endCancelled(cancelled);
        } else if (pauseWanted && state == JobState.RUNNING) {
            pausedAt = now;
            enter(JobState.PAUSED, new TrainingPaused(run.iteration()));
        } else if (!pauseWanted && state == JobState.PAUSED) {
            run.postpone(now.minus(pausedAt));
            enter(JobState.RUNNING, new TrainingResumed(run.iteration()));
        } else if (state == JobState.RUNNING && now.compareTo(run.due()) >= 0) {
            proceed();
        } else {
            return false;
        }
        return true;
    }

    private void enter(JobState newState, TrainingEvent event) {
        state = newState;
        events.publish(event);
    }

    private void proceed() {
        try {
            Optional<TrainedLora> lora = run.proceed();
            if (lora.isPresent()) {
                enter(JobState.FINISHED, new TrainingFinished(lora.get()));
                outcome.complete(lora.get());
            }
        } catch (Txt2LoraException e) {
            endFailed(e);
        }
    }

    private void endCancelled(CancelMode mode) {
        try {
            if (mode == CancelMode.KEEP && run.iteration() > 0) {
                TrainedLora lora = run.save();
                run.saveState();
                enter(JobState.CANCELLED, new TrainingCancelled(run.iteration(), Optional.of(lora.file())));
                outcome.complete(lora);
            } else {
                saveOrDeleteState(mode);
                enter(JobState.CANCELLED, new TrainingCancelled(run.iteration(), Optional.empty()));
                outcome.fail(new TrainingCancelledException("the training of " + training.name()
                        + " was cancelled after " + Count.of(run.iteration(), "iteration")));
            }
        } catch (Txt2LoraException e) {
            endFailed(e);
        }
    }

    private void saveOrDeleteState(CancelMode mode) {
        if (mode == CancelMode.DISCARD) {
            if (state != JobState.QUEUED) {
                run.deleteStates();
            }
        } else {
            run.saveState();
        }
    }

    private void endFailed(Txt2LoraException failure) {
        run.saveState();
        enter(JobState.FAILED, new TrainingFailed(failure));
        outcome.fail(failure);
    }

    @Override
    public Duration due() {
        return state == JobState.RUNNING ? run.due() : FakeWorker.NEVER;
    }

    @Override
    public boolean isDone() {
        return state.isTerminal();
    }

    @Override
    public LoraTraining training() {
        return training;
    }

    @Override
    public JobState state() {
        return clock.locked(() -> state);
    }

    @Override
    public TrainingProgress progress() {
        return clock.locked(run::progress);
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
        change(() -> pauseWanted = cancelled == null);
    }

    @Override
    public void resume() {
        change(() -> pauseWanted = false);
    }

    @Override
    public void cancel(CancelMode mode) {
        Check.given("mode", mode);
        change(() -> {
            cancelled = cancelled == null ? mode : cancelled;
            if (state == JobState.QUEUED) {
                endCancelled(cancelled);
            }
        });
    }

    private void change(Runnable change) {
        clock.locked(() -> {
            if (!state.isTerminal()) {
                change.run();
                worker.wake();
            }
        });
    }

    @Override
    public CompletionStage<TrainedLora> completion() {
        return outcome.completion();
    }
}
