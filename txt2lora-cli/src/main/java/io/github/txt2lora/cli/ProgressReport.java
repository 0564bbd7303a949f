package io.github.txt2lora.cli;

import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.event.TrainingWarning;
import java.util.Locale;
import java.util.Optional;

/** Tells about a training. */
final class ProgressReport implements TrainingListener {

    private final Output output;
    private final String goesOn;
    private final Progress progress;
    private final DownloadReport download;
    private int iterations;
    private boolean keepsStates;

    /**
     * A report.
     *
     * @param goesOn says what goes on with a training that is interrupted, for example "the same command goes on"
     */
    ProgressReport(Output output, String goesOn) {
        this.output = output;
        this.goesOn = goesOn;
        this.progress = output.progress("Training");
        this.download = new DownloadReport(output);
    }

    @Override
    public void onStarted(TrainingStarted event) {
        iterations = event.training().training().iterations();
        keepsStates = event.training().training().states().isWritten();
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
                JsonLine.of("modelLoaded")
                        .put("model", event.model())
                        .put("family", event.family())
                        .put("seconds", seconds),
                String.format(Locale.ROOT, "%s: %s, loaded in %.1f s", event.model(), event.family(), seconds));
    }

    @Override
    public void onIteration(IterationFinished event) {
        if (output.isJson()) {
            output.tell(iteration(event), "");
        } else {
            String loss = String.format(Locale.ROOT, "loss %.4f", event.loss());
            progress.at(event.iteration(), event.iterations(), loss, Optional.of(event.remaining()));
        }
    }

    private static JsonLine iteration(IterationFinished event) {
        return JsonLine.of("iteration")
                .put("iteration", event.iteration())
                .put("iterations", event.iterations())
                .put("loss", event.loss())
                .put("gradientNorm", event.gradientNorm())
                .put("learningRate", event.learningRate())
                .put("iterationsPerSecond", event.iterationsPerSecond())
                .put("remainingSeconds", event.remaining().toMillis() / 1000.0);
    }

    @Override
    public void onWarning(TrainingWarning event) {
        output.warn(event.message());
    }

    @Override
    public void onRecovered(TrainingRecovered event) {
        output.warn(event.found() + " in iteration " + event.iteration() + "; the training goes on after iteration "
                + event.goesOnAfter());
    }

    @Override
    public void onStateRestored(StateRestored event) {
        output.tell(
                JsonLine.of("stateRestored").put("file", event.file()).put("iteration", event.iteration()),
                "Going on after " + event.iteration() + " iterations, from " + event.file());
    }

    @Override
    public void onSaved(LoraSaved event) {
        if (event.iteration() < iterations) {
            output.tell(
                    JsonLine.of("saved").put("file", event.file()).put("iteration", event.iteration()),
                    "Saved " + event.file() + " after " + event.iteration() + " iterations");
        }
    }

    @Override
    public void onFinished(TrainingFinished event) {
        close();
    }

    @Override
    public void onCancelled(TrainingCancelled event) {
        close();
        String kept = event.kept().map(file -> "what was trained is in " + file).orElse("no LoRA was saved");
        String next = keepsStates && event.iteration() > 0 ? "; " + goesOn + " from there" : "";
        output.tell(
                JsonLine.of("cancelled").put("iteration", event.iteration()).put("file", event.kept()),
                "Cancelled after " + event.iteration() + " of " + iterations + " iterations; " + kept + next);
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
