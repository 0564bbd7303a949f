package io.github.txt2lora.event;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.file.AppendedLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Appends the metrics of trainings to a file, a line for each iteration and each measurement of the gap. The name of
 * the file tells its format: {@code .csv} or {@code .jsonl} (JSON Lines).
 *
 * <p>A training that resumes continues in the same file. Iterations that are made again have a line each time; the last
 * one counts. A line that was cut off by a crash is removed before the next one is written. When a line cannot be
 * written, the file stays as it was, the listener throws once, and later lines are tried again. One object may serve
 * several trainings at once; use one object for a file.
 */
public final class MetricsFile {

    private static final String CSV_HEADER =
            "name,iteration,iterations,loss,gradient_norm,learning_rate,iterations_per_second,gap,smoothed_gap\n";

    /** How each line of JSON begins. */
    private static final String JSON_BEGIN = "{\"name\":";

    private final Path file;
    private final boolean csv;
    private final AppendedLines lines;
    private boolean isFailing;

    private MetricsFile(Path file, boolean csv) {
        this.file = file;
        this.csv = csv;
        this.lines = new AppendedLines(file, csv ? CSV_HEADER : "");
    }

    /**
     * Metrics in a file, which is created by the first line.
     *
     * @param file one that does not exist, is empty, or has metrics already; its folder exists
     * @throws InvalidSettingException if the file's name ends neither in {@code .csv} nor in {@code .jsonl}, its folder
     *     does not exist, or it holds something else
     * @throws StorageException if the file is there and cannot be read
     */
    public static MetricsFile at(Path file) {
        Check.path("metrics", file);
        String name = file.toString().toLowerCase(Locale.ROOT);
        if (!name.endsWith(".csv") && !name.endsWith(".jsonl")) {
            throw InvalidSettingException.of("metrics", file, "a file whose name ends in .csv or .jsonl");
        }
        MetricsFile metrics = new MetricsFile(file, name.endsWith(".csv"));
        metrics.requireOwn();
        return metrics;
    }

    /** What another program wrote is not to be cut off or mixed up. */
    private void requireOwn() {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw InvalidSettingException.of("metrics", file, "a file in a folder that exists");
        }
        if (!Files.exists(file)) {
            return;
        }
        if (!Files.isRegularFile(file)) {
            throw InvalidSettingException.of("metrics", file, "a file, not a folder, device or pipe");
        }
        String begin = csv ? CSV_HEADER : JSON_BEGIN;
        try (InputStream in = Files.newInputStream(file)) {
            String found = new String(in.readNBytes(begin.length()), StandardCharsets.UTF_8);
            // a crash may have cut off the first line
            if (!begin.startsWith(found)) {
                throw InvalidSettingException.of(
                        "metrics", file, "a new file, or one with metrics of trainings; this one holds something else");
            }
        } catch (IOException e) {
            throw new StorageException("cannot read the metrics in " + file + ": " + e.getMessage(), e);
        }
    }

    /** A listener for one training, whose lines carry this name; it receives every iteration. */
    public TrainingListener listener(String name) {
        return new TrainingListener() {
            @Override
            public boolean wantsEveryIteration() {
                return true;
            }

            @Override
            public void onIteration(IterationFinished event) {
                append(line(name, event));
            }

            @Override
            public void onGap(GapMeasured event) {
                append(line(name, event));
            }
        };
    }

    private String line(String name, IterationFinished event) {
        return csv
                ? csvText(name) + "," + event.iteration() + "," + event.iterations() + "," + event.loss() + ","
                        + event.gradientNorm() + "," + event.learningRate() + "," + event.iterationsPerSecond() + ",,\n"
                : JSON_BEGIN + jsonText(name) + ",\"iteration\":" + event.iteration() + ",\"iterations\":"
                        + event.iterations() + ",\"loss\":" + jsonNumber(event.loss()) + ",\"gradient_norm\":"
                        + jsonNumber(event.gradientNorm()) + ",\"learning_rate\":" + jsonNumber(event.learningRate())
                        + ",\"iterations_per_second\":" + jsonNumber(event.iterationsPerSecond()) + "}\n";
    }

    private String line(String name, GapMeasured event) {
        return csv
                ? csvText(name) + "," + event.iteration() + ",,,,,," + event.gap() + "," + event.smoothedGap() + "\n"
                : JSON_BEGIN + jsonText(name) + ",\"iteration\":" + event.iteration() + ",\"gap\":"
                        + jsonNumber(event.gap()) + ",\"smoothed_gap\":" + jsonNumber(event.smoothedGap()) + "}\n";
    }

    /** @throws StorageException if the line cannot be written and the one before could */
    private synchronized void append(String line) {
        try {
            lines.append(line);
            isFailing = false;
        } catch (StorageException e) {
            boolean isKnown = isFailing;
            isFailing = true;
            // a full disk is told once, not for each iteration
            if (!isKnown) {
                throw e;
            }
        }
    }

    private static String csvText(String text) {
        return text.matches("[^,\"\\r\\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }

    private static String jsonNumber(double number) {
        return Double.isFinite(number) ? Double.toString(number) : "null";
    }

    private static String jsonText(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }
}
