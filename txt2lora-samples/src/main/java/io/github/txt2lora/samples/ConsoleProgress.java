package io.github.txt2lora.samples;

import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingStarted;
import java.io.Console;
import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows a training on the console: as a bar in a terminal, as a line now and then where output goes to a pipe. */
final class ConsoleProgress implements TrainingListener {

    private static final int LINES = 20;

    /** Without it, the library would ask JLine, which takes Ctrl-C away from the JVM: no state would be saved. */
    private static final int WIDTH = 79;

    private final PrintStream out;
    private final boolean terminal;
    private String name = "";
    private @Nullable ProgressBar bar;

    ConsoleProgress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** On standard output, whatever it is. */
    static ConsoleProgress standard() {
        return new ConsoleProgress(System.out, isTerminal());
    }

    @Override
    public void onStarted(TrainingStarted event) {
        name = event.training().name();
    }

    @Override
    public void onSettingsChosen(SettingsChosen event) {
        out.println(name + ": " + event.reason());
    }

    @Override
    public void onIteration(IterationFinished event) {
        if (terminal) {
            showBar(event);
        } else if (event.iteration() % Math.max(1, event.iterations() / LINES) == 0) {
            out.printf(
                    "%s: %d of %d iterations, loss %.4f, %d s left%n",
                    name,
                    event.iteration(),
                    event.iterations(),
                    event.loss(),
                    event.remaining().toSeconds());
        }
    }

    @Override
    public void onFinished(TrainingFinished event) {
        close();
    }

    @Override
    public void onCancelled(TrainingCancelled event) {
        close();
    }

    @Override
    public void onFailed(TrainingFailed event) {
        close();
    }

    private void showBar(IterationFinished event) {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(event.iterations())
                    .setConsumer(new ConsoleProgressBarConsumer(System.err, WIDTH))
                    .build();
        }
        bar.setExtraMessage("loss %.4f".formatted(event.loss()));
        bar.stepTo(event.iteration());
    }

    private void close() {
        if (bar != null) {
            bar.close();
        }
    }

    /** JDK 22 brought consoles that are no terminals, and the method that tells them apart. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
