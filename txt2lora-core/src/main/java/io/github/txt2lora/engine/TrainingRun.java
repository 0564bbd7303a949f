package io.github.txt2lora.engine;

import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.Outcome;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One training from its start to its end, part by part, on the engine's worker thread; tells the job how it ended. */
final class TrainingRun {

    private final EngineParts engine;
    private final EngineJob job;
    private final int together;
    private final LoraTraining training;
    private final RunLog log;
    private final HeldResources held = new HeldResources();
    private @Nullable TrainingSetup setup;
    private TrainingSetup.@Nullable Encoded encoded;
    private TrainingSetup.@Nullable Opened opened;
    private @Nullable StateSaved saved;
    private boolean hasEnded;

    /**
     * A training that has not begun.
     *
     * @param together number of trainings at the same time, this one included
     */
    TrainingRun(EngineParts engine, EngineJob job, int together) {
        this.engine = engine;
        this.job = job;
        this.together = together;
        this.training = job.training();
        this.log = new RunLog(job);
    }

    /** Whether the training continues. */
    boolean isActive() {
        return !hasEnded;
    }

    /** The networks it trains on, in the order of their turns. */
    List<Denoiser> denoisers() {
        return opened().denoisers();
    }

    /** The trainer, whose LoRA the iterations change. */
    LecoTrainer trainer() {
        return opened().loop().trainer();
    }

    private TrainingSetup.Opened opened() {
        return Objects.requireNonNull(opened, "the training is not open");
    }

    /** Encodes the prompts, before any training of the group loads the denoiser. */
    void encode() {
        attempt(() -> {
            job.publish(new TrainingStarted(training));
            setup = new TrainingSetup(engine, job, log, held, together);
            encoded = setup.encode();
        });
    }

    /**
     * Loads the rest, and begins.
     *
     * @param others whether there are other trainings that have loaded the same models and still use it
     */
    void open(boolean others) {
        attempt(() -> {
            opened = Objects.requireNonNull(setup).load(Objects.requireNonNull(encoded), others);
            encoded = null;
            opened.loop().begin();
        });
    }

    /** How it wants the network to use memory. */
    MemoryUse memory() {
        return opened().memory();
    }

    /** Takes what became of its iteration. */
    void take(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            fail(failed.failure());
        } else {
            attempt(() -> opened().loop().take(outcome));
        }
    }

    /**
     * Waits while the job is paused.
     *
     * @throws JobControl.CancelSignal if it is cancelled
     */
    void checkpoint() {
        log.checkpoint();
    }

    /** Whether its job is to end. */
    boolean isCancelled() {
        return job.control().cancelMode() != null;
    }

    /** What is done while its job is paused. */
    void whilePaused(Runnable task) {
        job.control().whilePaused(task);
    }

    /** Does something between two iterations that is no part of the training. */
    void aside(Runnable task) {
        log.aside(task);
    }

    /** Ends it if the job is cancelled. */
    void endIfCancelled() {
        attempt(this::checkpoint);
    }

    void warn(String message) {
        log.warn(message);
    }

    /**
     * Does a part, after which the training may be at its end. Whatever happens, the job and its listeners learn how it
     * ended, once native memory is free again.
     */
    private void attempt(Runnable part) {
        try {
            if (checked(() -> isFinishedAfter(part))) {
                TrainedLora lora = checked(opened().loop()::finish);
                boolean isFinished = opened().loop().isFinished();
                opened = null;
                held.close();
                ended(lora, isFinished);
            }
        } catch (JobControl.CancelSignal e) {
            endWith(e, this::cancelled);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Ends it because of a failure. */
    void fail(Throwable failure) {
        endWith(failure, () -> failed(reported(failure)));
    }

    private Txt2LoraException reported(Throwable failure) {
        if (failure instanceof Txt2LoraException known) {
            return known;
        }
        String beginning = "the training of " + training.name() + " failed: ";
        return new TrainingFailedException(
                failure instanceof OutOfMemoryError
                        ? beginning + failure.getMessage() + ", with at most "
                                + (Runtime.getRuntime().maxMemory() >> 20)
                                + " MiB for Java; start it with a larger -Xmx, or train with a lower rank,"
                                + " resolution or batch size"
                        : beginning + failure,
                failure);
    }

    private <T> T checked(Supplier<T> part) {
        return engine.torch().checkingCalls(this::checkpoint, part);
    }

    private boolean isFinishedAfter(Runnable part) {
        try {
            part.run();
            return opened != null && opened.loop().isFinished();
        } catch (JobControl.CancelSignal e) {
            if (opened == null || !opened.loop().isKeptWhenCancelled()) {
                throw e;
            }
            return true;
        }
    }

    private void ended(TrainedLora lora, boolean isFinished) {
        hasEnded = true;
        if (isFinished) {
            job.publish(new TrainingFinished(lora));
            job.complete(JobState.FINISHED, lora);
        } else {
            job.publish(new TrainingCancelled(lora.iterations(), Optional.of(lora.file())));
            job.complete(JobState.CANCELLED, lora);
        }
    }

    /** Keeps a state to resume from, frees everything, and only then tells. */
    private void endWith(Throwable cause, Runnable tell) {
        hasEnded = true;
        if (opened != null) {
            keepState(opened.loop(), cause);
            opened = null;
        }
        held.closeAfter(cause);
        tell.run();
    }

    private void keepState(TrainingLoop loop, Throwable cause) {
        try {
            if (cause instanceof JobControl.CancelSignal) {
                saved = loop.cancelled().orElse(null);
            } else {
                loop.failed(cause);
            }
        } catch (RuntimeException e) {
            log.warn("the training's state could not be kept: " + e.getMessage());
        }
    }

    private void cancelled() {
        job.publish(new TrainingCancelled(log.iteration(), Optional.empty()));
        job.fail(
                JobState.CANCELLED,
                new TrainingCancelledException("the training of " + training.name() + " was cancelled after "
                        + Count.of(log.iteration(), "iteration") + "; no LoRA was saved" + whatGoesOn()));
    }

    private String whatGoesOn() {
        return saved == null
                ? ""
                : ", but its state was, as " + saved.file()
                        + "; the same training resumes from there when it is started again";
    }

    private void failed(Txt2LoraException failure) {
        job.publish(new TrainingFailed(failure));
        job.fail(JobState.FAILED, failure);
    }
}
