package io.github.txt2lora.engine;

import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingProgress;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.internal.ChosenSettings;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.Outcome;
import io.github.txt2lora.leco.state.TrainingState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The progress of a training so far. Tells the job and its listeners of each change. */
final class RunLog {

    /** They are kept in states and records. */
    private static final int MOST_WARNINGS = 100;

    private final EngineJob job;
    private final TrainingSpec spec;
    private final Pace pace;
    private final List<Double> losses = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private Instant started;
    private double learningRate;
    private Optional<String> memory = Optional.empty();

    RunLog(EngineJob job) {
        this.job = job;
        this.spec = job.training().spec();
        this.pace = new Pace(job.training().iterations(), job.training().preview());
        this.started = now();
    }

    /** The time to write into files. */
    Instant now() {
        return spec.saving().timestamp().orElseGet(Instant::now);
    }

    /** When the training began, be it in an earlier run. */
    Instant started() {
        return started;
    }

    /** The number of completed iterations. */
    int iteration() {
        return losses.size();
    }

    List<Double> losses() {
        return losses;
    }

    List<String> warnings() {
        return warnings;
    }

    Duration elapsed() {
        return pace.elapsed(System.nanoTime());
    }

    void warn(String message) {
        if (warnings.size() >= MOST_WARNINGS) {
            return;
        }
        if (warnings.size() == MOST_WARNINGS - 1) {
            warnings.add("there are more warnings than these " + warnings.size() + "; the others are not told");
            job.publish(new TrainingWarning(warnings.get(warnings.size() - 1)));
            return;
        }
        String printable = Excerpt.message(message);
        warnings.add(printable);
        job.publish(new TrainingWarning(printable));
    }

    /** How samples go through the network, where it is not all at once; told with the other settings. */
    void memory(String choice) {
        memory = Optional.of(choice);
    }

    /** The full learning rate is known; listeners learn what was left to the training. */
    void settings(double newLearningRate) {
        learningRate = newLearningRate;
        // the search is no part of the first iteration
        pace.start(System.nanoTime(), losses.size(), elapsed());
        ChosenSettings.event(job.training(), learningRate, memory).ifPresent(job::publish);
    }

    /** The full learning rate, before schedule and warm-up. */
    double learningRate() {
        return learningRate;
    }

    /** The first iteration begins. */
    void start() {
        pace.start(System.nanoTime(), 0, Duration.ZERO);
    }

    /** The first iteration after those of an earlier run begins. */
    void startAfter(TrainingState state) {
        losses.addAll(state.losses());
        state.warnings().stream().filter(warning -> !warnings.contains(warning)).forEach(warnings::add);
        started = state.started();
        pace.start(System.nanoTime(), losses.size(), state.elapsed());
    }

    void iterationDone(LecoTrainer.Iteration iteration) {
        pace.iterationDone(System.nanoTime());
        losses.add(iteration.loss());
        job.progress(new TrainingProgress(
                iteration.number(),
                job.training().iterations(),
                iteration.loss(),
                pace.iterationsPerSecond(),
                Optional.of(pace.remaining())));
        job.publish(new IterationFinished(
                iteration.number(),
                job.training().iterations(),
                iteration.loss(),
                iteration.gradientNorm(),
                iteration.learningRate(),
                pace.iterationsPerSecond(),
                pace.remaining()));
    }

    void recovered(Outcome.Recovered recovered) {
        losses.subList(recovered.resumesAfter(), losses.size()).clear();
        pace.fallBack(losses.size());
        job.publish(new TrainingRecovered(
                recovered.iteration(), recovered.found(), recovered.resumesAfter(), recovered.learningRateFactor()));
    }

    /** Whether a preview may take its time now. */
    boolean hasTimeForPreview() {
        return pace.hasTimeForPreview(System.nanoTime());
    }

    /** The time of the last preview. */
    Duration previewTime() {
        return pace.previewTime();
    }

    /**
     * Draws a preview, the time of which is counted.
     *
     * @return its time without pauses
     */
    Duration preview(Runnable drawing) {
        Duration before = elapsed();
        try {
            drawing.run();
        } finally {
            pace.previewDrawn(elapsed().minus(before));
        }
        return pace.previewTime();
    }

    /** Does something that is no part of the training, and does not count in its time. */
    void aside(Runnable task) {
        pace.pause(System.nanoTime());
        try {
            task.run();
        } finally {
            pace.resume(System.nanoTime());
        }
    }

    /**
     * Waits while the job is paused.
     *
     * @throws JobControl.CancelSignal if it is cancelled
     */
    void checkpoint() {
        job.control().checkpoint(this::paused, this::resumed);
    }

    private void paused() {
        pace.pause(System.nanoTime());
        job.publish(new TrainingPaused(losses.size()));
    }

    private void resumed() {
        pace.resume(System.nanoTime());
        job.publish(new TrainingResumed(losses.size()));
    }

    /** The result of the training, once its file is written. */
    TrainedLora result(Map<String, String> metadata, Optional<LoraQuality> quality, long unetSamples) {
        return new TrainedLora(
                job.training().loraFile(),
                job.training().name(),
                losses.size(),
                losses,
                metadata,
                quality,
                unetSamples,
                elapsed(),
                warnings);
    }
}
