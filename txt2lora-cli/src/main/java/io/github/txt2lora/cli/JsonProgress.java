package io.github.txt2lora.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;

/** An object for every step. */
record JsonProgress(PrintWriter out, String task) implements Progress {

    @Override
    public void at(long done, long total, String note, Optional<Duration> remaining) {
        JsonLine line = JsonLine.of("progress").put("task", task).put("done", done);
        if (total != UNKNOWN) {
            line.put("total", total);
        }
        if (!note.isEmpty()) {
            line.put("note", note);
        }
        remaining.ifPresent(time -> line.put("remainingSeconds", time.toMillis() / 1000.0));
        out.println(line);
    }

    @Override
    public void close() {}
}
