package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.leco.NonFiniteException;
import io.github.txt2lora.leco.ResilientTrainer;
import io.github.txt2lora.leco.ResilientTrainer.Outcome;
import io.github.txt2lora.leco.TrainingState;
import io.github.txt2lora.lora.LoraFile;
import io.github.txt2lora.lora.LoraMetadata;
import io.github.txt2lora.lora.LoraParameters;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Supplier;

/** The iterations of a training, from the beginning or from a saved state, up to its file. */
final class TrainingLoop implements AutoCloseable {

    private final EngineJob job;
    private final LoraTraining training;
    private final TrainingSpec spec;
    private final RunLog log;
    private final ResilientTrainer trainer;
    private final LoraParameters parameters;
    private final BaseModel base;
    private final Supplier<SortedMap<String, String>> fingerprint;
    private final StateFolder states;
    private final StateKeeper keeper;

    /**
     * A loop that has not begun.
     *
     * @param parameters what the trainer changes
     * @param fingerprint see {@link Fingerprint}; asked for when a state is written or found
     */
    TrainingLoop(
            EngineJob job,
            RunLog log,
            ResilientTrainer trainer,
            LoraParameters parameters,
            BaseModel base,
            Supplier<SortedMap<String, String>> fingerprint) {
        this.job = job;
        this.training = job.training();
        this.spec = training.training();
        this.log = log;
        this.trainer = trainer;
        this.parameters = parameters;
        this.base = base;
        this.fingerprint = fingerprint;
        this.states = new StateFolder(training);
        this.keeper = new StateKeeper(spec.states(), states, job::publish, log::warn);
    }

    /** Trains and writes the file. */
    TrainedLora run() {
        begin();
        try {
            iterate();
            Map<String, String> metadata = save(training.loraFile());
            keepOrDeleteState();
            return log.result(metadata);
        } catch (JobControl.CancelSignal e) {
            keepOrDeleteState();
            throw e;
        } catch (RuntimeException | Error e) {
            rescueState(e);
            throw e;
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
        } catch (CheckpointException e) {
            throw new CheckpointException(
                    "the state " + found.file() + " cannot be used: " + e.getMessage() + "; delete it to begin anew",
                    e);
        }
    }

    /** Makes all iterations, or fewer if the job is cancelled and what was trained is to be kept. */
    private void iterate() {
        try {
            while (!trainer.isDone()) {
                ResilientTrainer.Outcome outcome = trainer.next(log::checkpoint);
                if (outcome instanceof Outcome.Trained trained) {
                    log.iterationDone(trained.iteration());
                    saveOnTheWay();
                    keeper.iterationDone(log.iteration(), this::state);
                } else if (outcome instanceof Outcome.Recovered recovered) {
                    log.recovered(recovered);
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
        if (spec.saveEvery() > 0 && iteration % spec.saveEvery() == 0 && !trainer.isDone()) {
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
        if (trainer.isDone() || job.control().cancelMode() == CancelMode.DISCARD) {
            keeper.deleteAll();
        } else if (log.iteration() > 0) {
            keeper.saveNow(this::state);
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
            keeper.saveNow(this::state);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private TrainingState state() {
        return new TrainingState(
                trainer.state(), log.losses(), log.warnings(), log.started(), log.elapsed(), fingerprint.get());
    }

    @Override
    public void close() {
        keeper.close();
    }
}
