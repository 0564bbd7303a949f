package io.github.txt2lora.mlflow;

import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.internal.ImageBytes;
import io.github.txt2lora.internal.LibraryVersion;
import io.github.txt2lora.internal.file.Sha256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mlflow.api.proto.Service.RunStatus;

/**
 * Tells a run of the events of a training. A training that resumes continues the run of its earlier part, which is
 * found by the path of the LoRA.
 */
final class TrackedTraining implements TrainingListener {

    private static final String FILE = "txt2lora.file";
    private static final String PLACE = "txt2lora.place";
    private static final String FAILURE = "txt2lora.failure";
    private static final String WARNINGS = "txt2lora.warnings";

    private final Function<String, TrackedRun> runs;
    private final boolean uploadsLora;
    private final List<String> warnings = new ArrayList<>();
    private @Nullable LoraTraining training;
    private @Nullable TrackedRun run;
    private boolean hasEnded;

    /**
     * @param runs makes a run of a name, which has not begun
     * @param uploadsLora whether the LoRA of a finished training becomes an artifact
     */
    TrackedTraining(Function<String, TrackedRun> runs, boolean uploadsLora) {
        this.runs = runs;
        this.uploadsLora = uploadsLora;
    }

    /** The run, if it has begun. */
    Optional<TrackedRun> run() {
        return Optional.ofNullable(run);
    }

    /** Whether no event follows. */
    boolean hasEnded() {
        return hasEnded;
    }

    @Override
    public boolean wantsEveryIteration() {
        return true;
    }

    /** Whether the training resumes is known once its model is there; until then there is nothing to tell. */
    @Override
    public void onEvent(TrainingEvent event) {
        boolean isBeforeState = event instanceof TrainingStarted
                || event instanceof ModelDownloading
                || event instanceof ModelLoaded
                || event instanceof TrainingWarning;
        if (run == null && training != null && !isBeforeState) {
            run = begin(training, event instanceof StateRestored);
        }
        TrainingListener.super.onEvent(event);
        hasEnded |= event instanceof TrainingFinished
                || event instanceof TrainingCancelled
                || event instanceof TrainingFailed;
    }

    private TrackedRun begin(LoraTraining started, boolean resumes) {
        TrackedRun begun = runs.apply(started.name());
        Map<String, String> tags = tags(started);
        if (resumes) {
            begun.beginOrGoOn(PLACE, tags);
        } else {
            begun.begin(tags);
        }
        begun.parameters(RunParameters.of(started));
        return begun;
    }

    private static Map<String, String> tags(LoraTraining training) {
        Path file = training.loraFile().toAbsolutePath().normalize();
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("mlflow.source.name", "txt2lora " + LibraryVersion.number());
        tags.put(FILE, file.toString());
        // a path may hold what a filter cannot
        tags.put(PLACE, Sha256.of(file.toString()));
        return tags;
    }

    @Override
    public void onStarted(TrainingStarted event) {
        training = event.training();
    }

    @Override
    public void onSettingsChosen(SettingsChosen event) {
        tell(begun -> begun.parameters(Map.of(
                "iterations", Integer.toString(event.iterations()),
                "learningRate", Double.toString(event.learningRate()))));
    }

    @Override
    public void onIteration(IterationFinished event) {
        tell(begun -> {
            begun.metric("loss", event.loss(), event.iteration());
            begun.metric("gradient_norm", event.gradientNorm(), event.iteration());
            begun.metric("learning_rate", event.learningRate(), event.iteration());
            begun.metric("iterations_per_second", event.iterationsPerSecond(), event.iteration());
        });
    }

    @Override
    public void onGap(GapMeasured event) {
        tell(begun -> {
            begun.metric("gap", event.gap(), event.iteration());
            begun.metric("smoothed_gap", event.smoothedGap(), event.iteration());
        });
    }

    @Override
    public void onPreview(PreviewDrawn event) {
        tell(begun -> {
            for (int i = 0; i < event.images().size(); i++) {
                begun.artifact(
                        "preview/%06d-%d.png".formatted(event.iteration(), i),
                        ImageBytes.of(event.images().get(i).image(), "png"));
            }
        });
    }

    @Override
    public void onWarning(TrainingWarning event) {
        warnings.add(event.message());
    }

    @Override
    public void onRecovered(TrainingRecovered event) {
        warnings.add("iteration " + event.iteration() + ": " + event.found()
                + "; the training continued after iteration " + event.resumesAfter());
    }

    @Override
    public void onFinished(TrainingFinished event) {
        tell(begun -> {
            int iterations = event.lora().iterations();
            event.lora().quality().ifPresent(quality -> quality(begun, quality, iterations));
            begun.metric("unet_samples", (double) event.lora().unetSamples(), iterations);
            if (uploadsLora) {
                begun.artifact(
                        String.valueOf(event.lora().file().getFileName()),
                        event.lora().file());
            }
            end(begun, RunStatus.FINISHED, Map.of());
        });
    }

    private static void quality(TrackedRun run, LoraQuality quality, int iterations) {
        number(run, "final_gap", quality.gap(), iterations);
        number(run, "final_drift", quality.drift(), iterations);
        quality.recognitions().stream()
                .mapToDouble(LoraQuality.Recognition::share)
                .average()
                .ifPresent(share -> number(run, "final_recognition", share, iterations));
        for (LoraQuality.Band band : quality.bands()) {
            TimestepRange timesteps = band.timesteps();
            number(run, "final_gap_" + timesteps.minimum() + "_" + timesteps.maximum(), band.gap(), iterations);
        }
    }

    /** What was not measured is no metric. */
    private static void number(TrackedRun run, String key, double value, int step) {
        if (!Double.isNaN(value)) {
            run.metric(key, value, step);
        }
    }

    @Override
    public void onCancelled(TrainingCancelled event) {
        tell(begun -> end(begun, RunStatus.KILLED, Map.of()));
    }

    @Override
    public void onFailed(TrainingFailed event) {
        tell(begun ->
                end(begun, RunStatus.FAILED, Map.of(FAILURE, event.failure().getMessage())));
    }

    private void end(TrackedRun begun, RunStatus status, Map<String, String> tags) {
        Map<String, String> last = new LinkedHashMap<>(tags);
        if (!warnings.isEmpty()) {
            last.put(WARNINGS, String.join("\n", warnings));
        }
        if (!last.isEmpty()) {
            begun.tags(last);
        }
        begun.end(status);
    }

    /** A training that ends in the queue has no run. */
    private void tell(Consumer<TrackedRun> what) {
        run().ifPresent(what);
    }
}
