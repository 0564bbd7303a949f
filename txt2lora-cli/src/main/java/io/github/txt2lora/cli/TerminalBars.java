package io.github.txt2lora.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBarConsumer;

/**
 * Bars at the end of a terminal's output, one below another; other output appears above them. The cursor
 * always stands at the start of the line below, so that the terminal is in order whenever the process ends.
 */
final class TerminalBars {

    private static final String TO_START_OF_LINE = "\r";
    private static final String UP = "\u001b[%dA";
    private static final String CLEAR_BELOW = "\u001b[J";

    /** A line that is too long, since the terminal has become narrower, must not become two. */
    private static final String CUT_LINES = "\u001b[?7l";

    private static final String WRAP_LINES = "\u001b[?7h";

    private final PrintWriter terminal;
    private final int width;
    private final List<Bar> bars = new ArrayList<>();
    private int drawn;

    TerminalBars(PrintWriter terminal, int width) {
        this.terminal = terminal;
        this.width = width;
    }

    /** Prints a line above the bars. */
    synchronized void println(String text) {
        draw(text + System.lineSeparator());
    }

    /** A bar that is shown from its first text on; when it is closed, that stays. */
    ProgressBarConsumer newBar() {
        return new Bar();
    }

    private void draw(String above) {
        var text = new StringBuilder(TO_START_OF_LINE);
        if (drawn > 0) {
            text.append(UP.formatted(drawn));
        }
        text.append(CLEAR_BELOW).append(above);
        if (!bars.isEmpty()) {
            text.append(CUT_LINES);
            bars.forEach(bar -> text.append(bar.text).append(System.lineSeparator()));
            text.append(WRAP_LINES);
        }
        drawn = bars.size();
        terminal.print(text);
        terminal.flush();
    }

    private final class Bar implements ProgressBarConsumer {

        private String text = "";

        @Override
        public int getMaxRenderedLength() {
            return width;
        }

        @Override
        public void accept(String newText) {
            synchronized (TerminalBars.this) {
                text = newText;
                if (!bars.contains(this)) {
                    bars.add(this);
                }
                draw("");
            }
        }

        @Override
        public void close() {
            synchronized (TerminalBars.this) {
                if (bars.remove(this)) {
                    draw(CUT_LINES + text + WRAP_LINES + System.lineSeparator());
                }
            }
        }
    }
}
