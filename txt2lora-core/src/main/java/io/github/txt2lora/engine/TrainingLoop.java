package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.Outcome;
import io.github.txt2lora.leco.quality.GapWatch;
import io.github.txt2lora.leco.state.GapState;
import java.util.Map;
import java.util.Optional;

/**
 * The iterations of a training, from the beginning or from a saved state, up to its file. Each method may also throw
 * {@link JobControl.CancelSignal}.
 */
final class TrainingLoop {

    private final EngineJob job;
    private final RunLog log;
    private final LecoTrainer trainer;
    private final QualityWatch quality;
    private final GapWatch gaps;
    private final TrainingStates states;
    private final LoraFiles files;
    private final TrainingPreviews previews;
    private boolean hasBegun;
    private long work;

    /** A loop that has not begun. */
    TrainingLoop(
            EngineJob job,
            RunLog log,
            LecoTrainer trainer,
            QualityWatch quality,
            TrainingStates states,
            LoraFiles files,
            TrainingPreviews previews) {
        this.job = job;
        this.log = log;
        this.trainer = trainer;
        this.quality = quality;
        this.gaps = quality.gaps();
        this.states = states;
        this.files = files;
        this.previews = previews;
    }

    LecoTrainer trainer() {
        return trainer;
    }

    /** Whether the training came to its end, be it before all its iterations were made. */
    boolean isFinished() {
        return trainer.isDone() || gaps.isEnough();
    }

    /** Resumes from the last state, or starts over. */
    void begin() {
        quality.begin();
        states.begin();
        previews.begin();
        LecoTrainer.FoundRate found = trainer.findLearningRate();
        work += found.work();
        log.settings(found.learningRate());
        hasBegun = true;
        quality.measureGap();
    }

    /** Takes what became of an iteration that did not fail. */
    void take(Outcome outcome) {
        work += outcome.work();
        if (outcome instanceof Outcome.Trained trained) {
            log.iterationDone(trained.iteration());
            // saved first, since what measures may be interrupted
            if (!isFinished()) {
                files.iterationDone(log.iteration());
            }
            quality.measureGap();
            states.iterationDone();
            if (!isFinished()) {
                previews.iterationDone();
            }
        } else if (outcome instanceof Outcome.Recovered recovered) {
            log.recovered(recovered);
            gaps.fallBack(recovered.resumesAfter());
        }
    }

    /** Whether a cancelled job keeps its LoRA. */
    boolean isKeptWhenCancelled() {
        return hasBegun && job.control().cancelMode() == CancelMode.KEEP && log.iteration() > 0;
    }

    /** Writes the file, of all iterations or of those made so far. */
    TrainedLora finish() {
        int iteration = takeBest();
        Map<String, String> metadata = files.save(job.training().loraFile(), iteration);
        states.keepOrDelete(isFinished());
        if (isFinished() && iteration == log.iteration()) {
            drawLast();
        }
        Optional<LoraQuality> measured = isFinished() ? quality.atEnd() : Optional.empty();
        return log.result(metadata, measured, work + quality.work());
    }

    /** The LoRA is written, so a cancellation only leaves its preview out. */
    private void drawLast() {
        try {
            previews.iterationDone();
        } catch (JobControl.CancelSignal e) {
            // nothing is lost
        }
    }

    /** Gives the LoRA the parameters of the smallest gap, and says after which iteration it had them. */
    private int takeBest() {
        Optional<GapState.Best> best = gaps.best();
        best.ifPresent(found -> {
            states.freeze();
            trainer.takeParameters(found.parameters());
        });
        return best.map(GapState.Best::iteration).orElse(log.iteration());
    }

    /**
     * Saves or deletes the state of a training that is cancelled and leaves no LoRA.
     *
     * @return the state, if it was saved
     */
    Optional<StateSaved> cancelled() {
        return hasBegun ? states.keepOrDelete(isFinished()) : Optional.empty();
    }

    /** Saves what a training that fails has come to. */
    void failed(Throwable failure) {
        if (hasBegun) {
            states.rescue(failure);
        }
    }
}
