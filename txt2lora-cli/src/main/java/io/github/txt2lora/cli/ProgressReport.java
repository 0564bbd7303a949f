package io.github.txt2lora.cli;

import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.internal.Count;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells about a training. */
final class ProgressReport implements TrainingListener {

    private final Output output;
    private final String resuming;
    private final @Nullable String name;
    private final Progress progress;
    private final DownloadReport download;
    private int iterations;
    private int savedState;
    private String gap = "";

    private ProgressReport(Output output, String resuming, @Nullable String name) {
        this.output = output;
        this.resuming = resuming;
        this.name = name;
        this.progress = output.progress(name == null ? "Training" : name);
        this.download = new DownloadReport(output);
    }

    /**
     * A report about the only training there is.
     *
     * @param resuming the first words of a sentence that says how to resume, for example "the same command resumes"
     */
    static ProgressReport ofOne(Output output, String resuming) {
        return new ProgressReport(output, resuming, null);
    }

    /** A report about one of several trainings, which tells its name. */
    static ProgressReport of(String name, Output output, String resuming) {
        return new ProgressReport(output, resuming, name);
    }

    private JsonLine line(String event) {
        JsonLine line = JsonLine.of(event);
        return name == null ? line : line.put("name", name);
    }

    /** For people, where the name is not told by what stands before. */
    private String named(String text) {
        return name == null ? text : name + ": " + text;
    }

    @Override
    public void onStarted(TrainingStarted event) {
        iterations = event.training().iterations();
    }

    @Override
    public void onModelDownloading(ModelDownloading event) {
        download.at(event.model(), event.bytes(), event.total());
    }

    @Override
    public void onModelLoaded(ModelLoaded event) {
        download.close();
        double seconds = event.duration().toMillis() / 1000.0;
        output.tell(
                line("modelLoaded")
                        .put("model", event.model())
                        .put("family", event.family())
                        .put("seconds", seconds),
                String.format(Locale.ROOT, "%s: %s, loaded in %.1f s", event.model(), event.family(), seconds));
    }

    @Override
    public void onSettingsChosen(SettingsChosen event) {
        output.tell(
                line("settingsChosen")
                        .put("iterations", event.iterations())
                        .put("learningRate", event.learningRate())
                        .put("reason", event.reason()),
                named(event.reason()));
    }

    @Override
    public void onIteration(IterationFinished event) {
        if (output.isJson()) {
            output.tell(iteration(event), "");
        } else {
            String note = String.format(Locale.ROOT, "loss %.4f", event.loss()) + gap;
            progress.at(event.iteration(), event.iterations(), note, Optional.of(event.remaining()));
        }
    }

    private JsonLine iteration(IterationFinished event) {
        return line("iteration")
                .put("iteration", event.iteration())
                .put("iterations", event.iterations())
                .put("loss", event.loss())
                .put("gradientNorm", event.gradientNorm())
                .put("learningRate", event.learningRate())
                .put("iterationsPerSecond", event.iterationsPerSecond())
                .put("remainingSeconds", event.remaining().toMillis() / 1000.0);
    }

    @Override
    public void onGap(GapMeasured event) {
        gap = String.format(Locale.ROOT, ", gap %.2f", event.smoothedGap());
        if (output.isJson()) {
            output.tell(
                    line("gap")
                            .put("iteration", event.iteration())
                            .put("gap", event.gap())
                            .put("smoothedGap", event.smoothedGap()),
                    "");
        }
    }

    @Override
    public void onPreview(PreviewDrawn event) {
        output.tell(
                line("preview")
                        .put("iteration", event.iteration())
                        .put("files", event.files())
                        .put("seconds", event.time().toMillis() / 1000.0),
                named("Preview after " + Count.of(event.iteration(), "iteration")
                        + (event.files().isEmpty() ? "" : ": " + event.files().get(0))
                        + (event.files().size() > 1 ? " and " + (event.files().size() - 1) + " more" : "")));
    }

    @Override
    public void onWarning(TrainingWarning event) {
        output.warn(named(event.message()));
    }

    @Override
    public void onRecovered(TrainingRecovered event) {
        output.warn(named(event.found() + " in iteration " + event.iteration()
                + "; the training continues after iteration " + event.resumesAfter()));
    }

    @Override
    public void onStateRestored(StateRestored event) {
        output.tell(
                line("stateRestored").put("file", event.file()).put("iteration", event.iteration()),
                named("Going on after " + event.iteration() + " of " + Count.of(iterations, "iteration") + ", from "
                        + event.file()));
    }

    @Override
    public void onSaved(LoraSaved event) {
        if (event.iteration() < iterations) {
            output.tell(
                    line("saved").put("file", event.file()).put("iteration", event.iteration()),
                    named("Saved " + event.file() + " after " + Count.of(event.iteration(), "iteration")));
        }
    }

    @Override
    public void onStateSaved(StateSaved event) {
        savedState = event.iteration();
    }

    @Override
    public void onFinished(TrainingFinished event) {
        close();
    }

    @Override
    public void onCancelled(TrainingCancelled event) {
        close();
        String kept = event.kept().map(file -> "what was trained is in " + file).orElse("no LoRA was saved");
        String next = event.iteration() > 0 && event.iteration() == savedState ? "; " + resuming + " from there" : "";
        output.tell(
                line("cancelled").put("iteration", event.iteration()).put("file", event.kept()),
                named("Cancelled after " + event.iteration() + " of " + Count.of(iterations, "iteration") + "; " + kept
                        + next));
    }

    @Override
    public void onFailed(TrainingFailed event) {
        close();
    }

    private void close() {
        download.close();
        progress.close();
    }
}
