package io.github.txt2lora.cli;

import io.github.txt2lora.internal.Excerpt;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A moving bar in a terminal; elsewhere the bar as a line every ten seconds. */
final class ProgressBars implements Progress {

    private static final int LINE_INTERVAL_MILLIS = 10_000;
    private static final int LINE_LENGTH = 100;
    private static final int LONGEST_NOTE = 30;
    private static final char BLOCK = '█';

    private final PrintWriter err;
    private final @Nullable TerminalBars terminal;
    private final String task;
    private final ProgressUnit unit;
    private @Nullable ProgressBar bar;
    private String lastLine = "";
    private volatile Optional<Duration> lastRemaining = Optional.empty();

    /**
     * A bar that is not shown yet.
     *
     * @param err gets lines where there is no terminal
     */
    ProgressBars(PrintWriter err, @Nullable TerminalBars terminal, String task, ProgressUnit unit) {
        this.err = err;
        this.terminal = terminal;
        this.task = task;
        this.unit = unit;
    }

    @Override
    public void at(long done, long total, String note, Optional<Duration> remaining) {
        if (bar == null) {
            bar = newBar(done, total, remaining.isPresent());
        } else if (bar.getMax() != total) {
            bar.maxHint(total);
        }
        lastRemaining = remaining;
        bar.setExtraMessage(shortened(Excerpt.of(note)));
        bar.stepTo(done);
    }

    /** The initial progress may be from an earlier run, so it does not count for the speed. */
    private ProgressBar newBar(long done, long total, boolean knowsRemaining) {
        ProgressBarBuilder builder = new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setUnit(unit.name(), unit.size())
                .startsFrom(done, Duration.ZERO);
        if (knowsRemaining) {
            builder.setEtaFunction(state -> lastRemaining);
        }
        if (terminal != null) {
            builder.setConsumer(terminal.newBar()).setStyle(style());
        } else {
            builder.setConsumer(new DelegatingProgressBarConsumer(this::printLine, LINE_LENGTH))
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(LINE_INTERVAL_MILLIS);
        }
        return builder.build();
    }

    /** Terminals that are told of no language are sent question marks for all but ASCII. */
    private static ProgressBarStyle style() {
        String encoding = System.getProperty("stderr.encoding", System.getProperty("sun.stderr.encoding", ""));
        boolean known = !encoding.isEmpty() && Charset.isSupported(encoding);
        Charset charset = known ? Charset.forName(encoding) : Charset.defaultCharset();
        return charset.newEncoder().canEncode(BLOCK) ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.ASCII;
    }

    /** A long note would leave no room for the bar; names differ most at their ends. */
    private static String shortened(String note) {
        int end = (LONGEST_NOTE - 1) / 2;
        return note.length() <= LONGEST_NOTE
                ? note
                : note.substring(0, LONGEST_NOTE - 1 - end) + "…" + note.substring(note.length() - end);
    }

    /** The bar draws itself once more when it is closed, which in lines would be seen. */
    private void printLine(String line) {
        if (!line.equals(lastLine)) {
            err.println(line);
            lastLine = line;
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            Uninterrupted.run(bar::close);
            bar = null;
        }
    }
}
