package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.NonFiniteException;
import io.github.txt2lora.leco.Outcome;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.quality.GapWatch;
import io.github.txt2lora.leco.quality.QualityMeter;
import io.github.txt2lora.leco.state.GapState;
import io.github.txt2lora.leco.state.TrainingState;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * The iterations of a training, from the beginning or from a saved state, up to its file. Each method may also throw
 * {@link JobControl.CancelSignal}.
 */
final class TrainingLoop implements AutoCloseable {

    private final EngineJob job;
    private final LoraTraining training;
    private final TrainingSpec spec;
    private final RunLog log;
    private final DenoisingModel model;
    private final LecoTrainer trainer;
    private final QualityMeter meter;
    private final GapWatch gapWatch;
    private final LoraFiles files;
    private final Supplier<SortedMap<String, String>> fingerprint;
    private final StateFolder states;
    private final StateKeeper keeper;
    private Supplier<TrainingState> state = this::currentState;
    private double driftAtStart;
    private boolean hasBegun;
    private long work;

    /**
     * A loop that has not begun.
     *
     * @param model that the LoRA is attached to
     * @param files writes the LoRA
     * @param fingerprint see {@link TrainingFingerprint}; asked for when a state is written or found
     */
    TrainingLoop(
            EngineJob job,
            RunLog log,
            DenoisingModel model,
            LecoTrainer trainer,
            Lessons lessons,
            LoraFiles files,
            Supplier<SortedMap<String, String>> fingerprint) {
        this.job = job;
        this.training = job.training();
        this.spec = training.spec();
        this.log = log;
        this.trainer = trainer;
        this.model = model;
        this.meter = new QualityMeter(model, lessons);
        this.gapWatch = new GapWatch(spec.stopping().rule());
        this.files = files;
        this.fingerprint = fingerprint;
        this.states = new StateFolder(training);
        this.keeper = new StateKeeper(spec.saving().states(), states, job::publish, log::warn);
    }

    LecoTrainer trainer() {
        return trainer;
    }

    /** Whether the training came to its end, be it before all its iterations were made. */
    boolean isFinished() {
        return trainer.isDone() || gapWatch.isEnough();
    }

    /** Goes on from the last state, or begins anew. */
    void begin() {
        driftAtStart = driftAtStart();
        restore();
        hasBegun = true;
        measureGap();
    }

    /** Takes what became of an iteration that did not fail. */
    void take(Outcome outcome) {
        work += outcome.work();
        if (outcome instanceof Outcome.Trained trained) {
            log.iterationDone(trained.iteration());
            // saved first, since what measures may be interrupted
            saveOnTheWay();
            measureGap();
            keeper.iterationDone(log.iteration(), state);
        } else if (outcome instanceof Outcome.Recovered recovered) {
            log.recovered(recovered);
            gapWatch.fallBack(recovered.goesOnAfter());
        }
    }

    /** Whether what was trained until the job was cancelled is wanted. */
    boolean isKeptWhenCancelled() {
        return hasBegun && job.control().cancelMode() == CancelMode.KEEP && log.iteration() > 0;
    }

    /** Writes the file, of all iterations or of those made so far. */
    TrainedLora finish() {
        int iteration = takeBest();
        Map<String, String> metadata = files.save(training.loraFile(), iteration);
        keepOrDeleteState();
        Optional<LoraQuality> quality = measureQuality();
        return log.result(metadata, quality, work + meter.work());
    }

    private double driftAtStart() {
        if (!spec.stopping().measureQuality()) {
            return Double.NaN;
        }
        return spec.method().start() == LoraStart.ZERO ? 0 : meter.drift();
    }

    private void measureGap() {
        if (!gapWatch.isDue(log.iteration())) {
            return;
        }
        trainer.attach();
        double gap = meter.gap();
        double smoothed = gapWatch.add(log.iteration(), gap, trainer.parameters());
        job.publish(new GapMeasured(log.iteration(), gap, smoothed));
    }

    /**
     * From now on the training can only go on from the state as it is before.
     *
     * @return after which iteration the LoRA is as it is now
     */
    private int takeBest() {
        Optional<GapState.Best> best = gapWatch.best();
        best.ifPresent(found -> {
            TrainingState before = currentState();
            state = () -> before;
            trainer.takeParameters(found.parameters());
        });
        return best.map(GapState.Best::iteration).orElse(log.iteration());
    }

    /** What is measured once the LoRA is safe; a cancellation leaves it out. */
    private Optional<LoraQuality> measureQuality() {
        if (!spec.stopping().measureQuality() || !isFinished()) {
            return Optional.empty();
        }
        try {
            trainer.attach();
            return Optional.of(new LoraQuality(meter.gap(), meter.drift(), driftAtStart, gapWatch.gaps()));
        } catch (JobControl.CancelSignal e) {
            // the LoRA is finished all the same
        } catch (Txt2LoraException e) {
            log.warn("the LoRA is written, but its quality could not be measured: " + e.getMessage());
        }
        return Optional.empty();
    }

    private void restore() {
        Restoration found = Restoration.find(states, spec, fingerprint, log::warn);
        keeper.keep(found.kept());
        found.from().ifPresentOrElse(this::restoreFrom, log::start);
    }

    private void restoreFrom(Restoration.Found found) {
        restore(found);
        keeper.resumedFrom(found.file());
        log.startAfter(found.state());
        job.publish(new StateRestored(found.file(), found.state().iteration()));
    }

    private void restore(Restoration.Found found) {
        try {
            trainer.restore(found.state().trainer());
            gapWatch.restore(found.state().gaps());
        } catch (CheckpointException e) {
            throw new CheckpointException(
                    "the state " + found.file() + " cannot be used: " + e.getMessage() + "; delete it to begin anew",
                    e);
        }
    }

    private void saveOnTheWay() {
        int iteration = log.iteration();
        if (spec.saving().everyIterations() > 0 && iteration % spec.saving().everyIterations() == 0 && !isFinished()) {
            files.save(LoraFiles.onTheWay(training, iteration), iteration);
        }
    }

    /**
     * Saves or deletes the state of a training that is cancelled and leaves no LoRA.
     *
     * @return the state, if it was saved
     */
    Optional<StateSaved> cancelled() {
        return hasBegun ? keepOrDeleteState() : Optional.empty();
    }

    private Optional<StateSaved> keepOrDeleteState() {
        if (job.control().cancelMode() == CancelMode.DISCARD) {
            keeper.deleteAll();
            return Optional.empty();
        } else if (isFinished() && log.iteration() > 0) {
            keeper.keepLast(state);
            return Optional.empty();
        }
        return log.iteration() > 0 ? keeper.saveNow(state) : Optional.empty();
    }

    /**
     * Saves what a training that fails has come to, so that it can go on when the cause is removed; but where numbers
     * went wrong, those before them may be bad already.
     */
    void rescueState(Throwable failure) {
        if (!hasBegun || log.iteration() == 0 || failure.getCause() instanceof NonFiniteException) {
            return;
        }
        keeper.saveNow(state);
    }

    private TrainingState currentState() {
        return new TrainingState(
                trainer.state(),
                gapWatch.state(),
                log.losses(),
                log.warnings(),
                log.started(),
                log.elapsed(),
                fingerprint.get());
    }

    @Override
    public void close() {
        keeper.close();
        model.cache().save();
    }
}
