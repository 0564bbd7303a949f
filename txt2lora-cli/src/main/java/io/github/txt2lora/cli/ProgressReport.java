package io.github.txt2lora.cli;

import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.event.TrainingWarning;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Tells about a training: with a moving bar on a terminal, elsewhere with the bar as a line every ten seconds. */
final class ProgressReport implements TrainingListener {

    private static final int LINE_INTERVAL_MILLIS = 10_000;
    private static final int LINE_LENGTH = 100;

    private final PrintWriter err;
    private final boolean terminal;
    private int iterations;
    private @Nullable ProgressBar bar;
    private String lastLine = "";
    private volatile Optional<Duration> remaining = Optional.empty();

    ProgressReport(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public void onStarted(TrainingStarted event) {
        iterations = event.training().training().iterations();
    }

    @Override
    public void onModelLoaded(ModelLoaded event) {
        err.printf(
                Locale.ROOT,
                "%s: %s, loaded in %.1f s%n",
                event.model(),
                event.family(),
                event.duration().toMillis() / 1000.0);
        bar = newBar();
    }

    @Override
    public void onIteration(IterationFinished event) {
        remaining = Optional.of(event.remaining());
        if (bar != null) {
            bar.setExtraMessage(String.format(Locale.ROOT, "loss %.4f", event.loss()));
            bar.stepTo(event.iteration());
        }
    }

    @Override
    public void onWarning(TrainingWarning event) {
        err.println("Warning: " + event.message());
    }

    @Override
    public void onSaved(LoraSaved event) {
        if (event.iteration() < iterations) {
            err.println("Saved " + event.file() + " after " + event.iteration() + " iterations");
        }
    }

    @Override
    public void onFinished(TrainingFinished event) {
        closeBar();
    }

    @Override
    public void onCancelled(TrainingCancelled event) {
        closeBar();
        err.println("Cancelled after " + event.iteration() + " of " + iterations + " iterations; "
                + event.kept().map(file -> "what was trained is in " + file).orElse("nothing was saved"));
    }

    @Override
    public void onFailed(TrainingFailed event) {
        closeBar();
    }

    private ProgressBar newBar() {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName("Training")
                .setInitialMax(iterations)
                .setEtaFunction(state -> remaining);
        if (!terminal) {
            builder.setConsumer(new DelegatingProgressBarConsumer(this::printLine, LINE_LENGTH))
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(LINE_INTERVAL_MILLIS);
        }
        return builder.build();
    }

    /** The bar draws itself once more when it is closed, which in lines would be seen. */
    private void printLine(String line) {
        if (!line.equals(lastLine)) {
            err.println(line);
            lastLine = line;
        }
    }

    private void closeBar() {
        if (bar != null) {
            bar.close();
        }
    }
}
