package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.NonFiniteException;
import io.github.txt2lora.leco.quality.GapWatch;
import io.github.txt2lora.leco.state.TrainingState;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/** The states of a training: the one that it resumes from, those saved on the way, and the last one. */
final class TrainingStates implements AutoCloseable {

    private final EngineJob job;
    private final RunLog log;
    private final LecoTrainer trainer;
    private final GapWatch gaps;
    private final Supplier<SortedMap<String, String>> fingerprint;
    private final StateFolder folder;
    private final StateKeeper keeper;
    private Supplier<TrainingState> state = this::current;

    /**
     * The states of a training that has not begun.
     *
     * @param fingerprint see {@link TrainingFingerprint}; asked for when a state is written or found
     */
    TrainingStates(
            EngineJob job,
            RunLog log,
            LecoTrainer trainer,
            GapWatch gaps,
            Supplier<SortedMap<String, String>> fingerprint) {
        this.job = job;
        this.log = log;
        this.trainer = trainer;
        this.gaps = gaps;
        this.fingerprint = fingerprint;
        this.folder = new StateFolder(job.training());
        this.keeper = new StateKeeper(job.training().spec().saving().states(), folder, job::publish, log::warn);
    }

    /** Resumes from the last state, or starts over. */
    void begin() {
        Restoration found = Restoration.find(folder, job.training(), fingerprint, log::warn);
        keeper.keep(found.kept());
        found.from().ifPresentOrElse(this::restore, log::start);
    }

    private void restore(Restoration.Found found) {
        try {
            trainer.restore(found.state().trainer());
            gaps.restore(found.state().gaps());
        } catch (CheckpointException e) {
            throw new CheckpointException(
                    "the state " + found.file() + " cannot be used: " + e.getMessage() + "; delete it to start over",
                    e);
        }
        keeper.resumedFrom(found.file());
        log.startAfter(found.state());
        job.publish(new StateRestored(found.file(), found.state().iteration()));
    }

    /** Saves the state if it is time. */
    void iterationDone() {
        keeper.iterationDone(log.iteration(), state);
    }

    /** Marks the current state as the only one to resume from. */
    void freeze() {
        TrainingState now = current();
        state = () -> now;
    }

    /**
     * Saves or deletes the state of a training that ends.
     *
     * @param isFinished whether it came to its end
     * @return the state, if it was saved to resume from
     */
    Optional<StateSaved> keepOrDelete(boolean isFinished) {
        if (job.control().cancelMode() == CancelMode.DISCARD) {
            keeper.deleteAll();
        } else if (log.iteration() > 0) {
            if (!isFinished) {
                return keeper.saveNow(state);
            }
            keeper.keepLast(state);
        }
        return Optional.empty();
    }

    /**
     * Saves the state of a failing training, so that it can resume when the cause is removed. After a non-finite
     * number, earlier numbers may be bad already.
     */
    void rescue(Throwable failure) {
        if (log.iteration() > 0 && !(failure.getCause() instanceof NonFiniteException)) {
            keeper.saveNow(state);
        }
    }

    private TrainingState current() {
        return new TrainingState(
                trainer.state(),
                gaps.state(),
                log.losses(),
                log.warnings(),
                log.started(),
                log.elapsed(),
                fingerprint.get());
    }

    @Override
    public void close() {
        keeper.close();
    }
}
