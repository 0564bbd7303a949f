package io.github.txt2lora.cli;

import io.github.txt2lora.internal.Excerpt;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * The output of a command. People get results on standard output and progress on standard error; with {@code --json}
 * everything is an object on a line of standard output.
 */
final class Output {

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final @Nullable TerminalBars terminal;

    Output(PrintWriter out, PrintWriter err, boolean json, boolean terminal) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.terminal = terminal && !json ? new TerminalBars(err, TerminalWidth.columns()) : null;
    }

    /** Whether objects are written instead of sentences. */
    boolean isJson() {
        return json;
    }

    /** The end of a successful command: the object, or the text for people. */
    void result(JsonLine line, String text) {
        out.println(json ? line : Excerpt.message(text));
    }

    /** Something on the way: the object, or the text for people. */
    void tell(JsonLine line, String text) {
        if (json) {
            out.println(line);
        } else if (terminal != null) {
            terminal.println(text);
        } else {
            err.println(Excerpt.message(text));
        }
    }

    /** Something that the user should know. */
    void warn(String message) {
        String printable = Excerpt.message(message);
        tell(JsonLine.of("warning").put("message", printable), "Warning: " + printable);
    }

    /** The progress of some work; {@link Progress#close()} ends it. */
    Progress progress(String task) {
        return json ? new JsonProgress(out, task) : new ProgressBars(err, terminal, Excerpt.of(task), ProgressUnit.ONE);
    }

    /** The same of work that is counted in bytes; people are shown megabytes. */
    Progress progressInBytes(String task) {
        return json
                ? new JsonProgress(out, task)
                : new ProgressBars(err, terminal, Excerpt.of(task), ProgressUnit.MEGABYTE);
    }
}
