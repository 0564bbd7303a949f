package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.leco.DenoisingModel;
import io.github.txt2lora.leco.GapWatch;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.NonFiniteException;
import io.github.txt2lora.leco.QualityMeter;
import io.github.txt2lora.leco.ResilientTrainer;
import io.github.txt2lora.leco.ResilientTrainer.Outcome;
import io.github.txt2lora.leco.TrainingState;
import io.github.txt2lora.lora.LoraFile;
import io.github.txt2lora.lora.LoraMetadata;
import io.github.txt2lora.lora.LoraParameters;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/** The iterations of a training, from the beginning or from a saved state, up to its file. */
final class TrainingLoop implements AutoCloseable {

    private final EngineJob job;
    private final LoraTraining training;
    private final TrainingSpec spec;
    private final RunLog log;
    private final DenoisingModel model;
    private final ResilientTrainer trainer;
    private final QualityMeter meter;
    private final long workBefore;
    private final GapWatch gapWatch;
    private final LoraParameters parameters;
    private final BaseModel base;
    private final Supplier<SortedMap<String, String>> fingerprint;
    private final StateFolder states;
    private final StateKeeper keeper;
    private Supplier<TrainingState> state = this::currentState;

    /**
     * A loop that has not begun.
     *
     * @param model that the LoRA is attached to
     * @param parameters what the trainer changes
     * @param fingerprint see {@link Fingerprint}; asked for when a state is written or found
     */
    TrainingLoop(
            EngineJob job,
            RunLog log,
            DenoisingModel model,
            LecoTrainer lecoTrainer,
            LoraParameters parameters,
            BaseModel base,
            Supplier<SortedMap<String, String>> fingerprint) {
        this.job = job;
        this.training = job.training();
        this.spec = training.training();
        this.log = log;
        this.trainer = new ResilientTrainer(lecoTrainer, spec.nonFinite());
        this.model = model;
        this.meter = new QualityMeter(model, training.prompts());
        this.workBefore = model.unet().work();
        this.gapWatch = new GapWatch(spec.stopWhen());
        this.parameters = parameters;
        this.base = base;
        this.fingerprint = fingerprint;
        this.states = new StateFolder(training);
        this.keeper = new StateKeeper(spec.states(), states, job::publish, log::warn);
    }

    /** Whether the training came to its end, be it before all its iterations were made. */
    boolean isFinished() {
        return trainer.isDone() || gapWatch.isEnough();
    }

    /** Trains and writes the file. */
    TrainedLora run() {
        double driftAtStart = driftAtStart();
        begin();
        try {
            iterate();
            takeBest();
            Map<String, String> metadata = save(training.loraFile());
            keepOrDeleteState();
            Optional<LoraQuality> quality = measureQuality(driftAtStart);
            return log.result(metadata, quality, model.unet().work() - workBefore);
        } catch (JobControl.CancelSignal e) {
            keepOrDeleteState();
            throw e;
        } catch (RuntimeException | Error e) {
            rescueState(e);
            throw e;
        }
    }

    private double driftAtStart() {
        if (!spec.measureQuality()) {
            return Double.NaN;
        }
        return spec.method().start() == LoraStart.ZERO ? 0 : meter.drift(log::checkpoint);
    }

    private void measureGap() {
        if (!gapWatch.isDue(log.iteration())) {
            return;
        }
        double gap = meter.gap(log::checkpoint);
        double smoothed = gapWatch.add(log.iteration(), gap, trainer.parameters());
        job.publish(new GapMeasured(log.iteration(), gap, smoothed));
    }

    /** From now on the training can only go on from the state as it is before. */
    private void takeBest() {
        float[] best = gapWatch.bestParameters();
        if (best != null) {
            TrainingState before = currentState();
            state = () -> before;
            trainer.takeParameters(best);
        }
    }

    /** What is measured once the LoRA is safe; a cancellation leaves it out. */
    private Optional<LoraQuality> measureQuality(double driftAtStart) {
        if (!spec.measureQuality() || !isFinished()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new LoraQuality(
                    meter.gap(log::checkpoint), meter.drift(log::checkpoint), driftAtStart, gapWatch.gaps()));
        } catch (JobControl.CancelSignal e) {
            return Optional.empty();
        }
    }

    private void begin() {
        var found = Restoration.find(states, spec.states().resume(), fingerprint, log::warn);
        if (found.isEmpty()) {
            log.start();
            return;
        }
        TrainingState state = found.get().state();
        restore(found.get());
        keeper.resumedFrom(found.get().file());
        log.startAfter(state);
        job.publish(new StateRestored(found.get().file(), state.iteration()));
    }

    private void restore(Restoration found) {
        try {
            trainer.restore(found.state().trainer());
            gapWatch.restore(found.state().gaps());
        } catch (CheckpointException e) {
            throw new CheckpointException(
                    "the state " + found.file() + " cannot be used: " + e.getMessage() + "; delete it to begin anew",
                    e);
        }
    }

    /** Makes all iterations, or fewer if the job is cancelled and what was trained is to be kept. */
    private void iterate() {
        try {
            measureGap();
            while (!isFinished()) {
                ResilientTrainer.Outcome outcome = trainer.next(log::checkpoint);
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
        } catch (JobControl.CancelSignal e) {
            if (job.control().cancelMode() != CancelMode.KEEP || log.iteration() == 0) {
                throw e;
            }
        }
    }

    private void saveOnTheWay() {
        int iteration = log.iteration();
        if (spec.saveEvery() > 0 && iteration % spec.saveEvery() == 0 && !isFinished()) {
            save(training.output().resolve(training.name() + "_" + iteration + "steps.safetensors"));
        }
    }

    private Map<String, String> save(Path file) {
        Map<String, String> metadata = LoraMetadata.of(
                training, base.family(), base.parameterization(), log.started(), log.now(), log.iteration());
        Map<String, String> written = LoraFile.write(file, parameters, spec.savePrecision(), metadata, log::warn);
        job.publish(new LoraSaved(file, log.iteration()));
        return written;
    }

    private void keepOrDeleteState() {
        if (isFinished() || job.control().cancelMode() == CancelMode.DISCARD) {
            keeper.deleteAll();
        } else if (log.iteration() > 0) {
            keeper.saveNow(state);
        }
    }

    /**
     * Saves what a training that fails has come to, so that it can go on when the cause is removed; but where numbers
     * went wrong, those before them may be bad already.
     */
    private void rescueState(Throwable failure) {
        if (log.iteration() == 0 || failure.getCause() instanceof NonFiniteException) {
            return;
        }
        try {
            keeper.saveNow(state);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
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
