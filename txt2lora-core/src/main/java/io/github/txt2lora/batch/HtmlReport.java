package io.github.txt2lora.batch;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One page about a batch that needs no other file: pictures, loss curves, settings, durations, failures. */
final class HtmlReport {

    private static final String HEAD = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width">
            <title>Txt2Lora report</title>
            <style>
            body { font: 15px/1.4 sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222; }
            table { border-collapse: collapse; margin: .5em 0; }
            th, td { border: 1px solid #ccc; padding: .2em .6em; text-align: left; vertical-align: top; }
            td { overflow-wrap: anywhere; white-space: pre-wrap; }
            img { max-width: 100%; display: block; margin: 1em 0; }
            pre { background: #fdecea; padding: .6em; white-space: pre-wrap; overflow-wrap: anywhere; }
            .failed { color: #b00020; } .interrupted { color: #9a6700; }
            </style>
            </head>
            <body>
            """;

    private final Workspace workspace;
    private final List<LoraOutcome> outcomes;
    private final Duration duration;

    HtmlReport(Workspace workspace, List<LoraOutcome> outcomes, Duration duration) {
        this.workspace = workspace;
        this.outcomes = outcomes;
        this.duration = duration;
    }

    /** Writes the page. */
    void write(Path file) {
        AtomicFile.write(file, html());
    }

    String html() {
        HtmlText html = new HtmlText().markup(HEAD).markup("<h1>Txt2Lora report</h1>\n");
        html.markup("<p>").text(count() + " in " + text(duration) + ".").markup("</p>\n");
        html.markup("<table>\n<tr><th>LoRA</th><th>outcome</th><th>first loss</th><th>last loss</th>"
                + "<th>training</th></tr>\n");
        outcomes.forEach(outcome -> addSummary(html, outcome));
        html.markup("</table>\n");
        outcomes.forEach(outcome -> addSection(html, outcome));
        return html.markup("</body>\n</html>\n").toString();
    }

    private String count() {
        Map<String, Long> counts =
                outcomes.stream().collect(Collectors.groupingBy(HtmlReport::word, Collectors.counting()));
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String word(LoraOutcome outcome) {
        if (outcome instanceof LoraOutcome.Finished) {
            return "finished";
        } else if (outcome instanceof LoraOutcome.Skipped) {
            return "skipped";
        }
        return outcome instanceof LoraOutcome.Failed ? "failed" : "interrupted";
    }

    private static void addSummary(HtmlText html, LoraOutcome outcome) {
        html.markup("<tr>").element("th", outcome.name());
        html.markup("<td class=\"" + word(outcome) + "\">").text(word(outcome)).markup("</td>");
        LoraRecord record = record(outcome);
        if (record == null) {
            html.markup("<td></td><td></td><td></td></tr>\n");
            return;
        }
        LoraRecord.Training training = record.training();
        html.element("td", number(training.firstLoss()))
                .element("td", number(training.lastLoss()))
                .element("td", text(Duration.ofMillis((long) (training.seconds() * 1000))))
                .markup("</tr>\n");
    }

    private static @Nullable LoraRecord record(LoraOutcome outcome) {
        if (outcome instanceof LoraOutcome.Finished finished) {
            return finished.record();
        }
        return outcome instanceof LoraOutcome.Skipped skipped ? skipped.record() : null;
    }

    private void addSection(HtmlText html, LoraOutcome outcome) {
        html.element("h2", outcome.name()).markup("\n");
        LoraRecord record = record(outcome);
        if (outcome instanceof LoraOutcome.Failed failed) {
            html.element("pre", String.valueOf(failed.failure().getMessage())).markup("\n");
        } else {
            html.element("p", outcome.summary()).markup("\n");
        }
        if (record != null) {
            addRecord(html, outcome.name(), record);
        }
    }

    private void addRecord(HtmlText html, String name, LoraRecord record) {
        LoraFiles files = new LoraFiles(workspace.loraFolder(name), name);
        if (record.preview() != null && Files.isRegularFile(files.picture())) {
            html.png(read(files.picture()), "pictures without and with " + name);
        }
        LossChart.png(record.training().losses())
                .ifPresent(png -> html.png(png, "losses of " + name + " by iteration"));
        html.markup("<table>\n");
        addFacts(html, record);
        html.markup("</table>\n");
        record.training()
                .warnings()
                .forEach(warning -> html.element("p", "Warning: " + warning).markup("\n"));
        html.markup("<details><summary>Prompts</summary>\n");
        record.prompts().forEach(prompt -> addTable(html, prompt));
        html.markup("</details>\n<details><summary>Settings</summary>\n");
        addTable(html, record.settings());
        html.markup("</details>\n");
    }

    private static void addFacts(HtmlText html, LoraRecord record) {
        LoraRecord.Training training = record.training();
        html.row(
                "model",
                training.model().name() + " (SHA-256 " + training.model().sha256() + ")");
        html.row("iterations", String.valueOf(training.iterations()));
        html.row("finished at", training.finishedAt());
        html.row("training", training.seconds() + " s");
        LoraRecord.Resize resize = record.resize();
        if (resize == null) {
            html.row("SHA-256", training.sha256());
        } else {
            html.row("SHA-256", resize.sha256());
            html.row(
                    "resized",
                    "to ranks " + resize.lowestRank() + " to " + resize.highestRank() + " in " + resize.seconds()
                            + " s");
        }
        LoraRecord.Preview preview = record.preview();
        if (preview != null) {
            html.row("preview", preview.pictures() + " pictures in " + preview.seconds() + " s");
        }
        record.versions().forEach(html::row);
    }

    private static void addTable(HtmlText html, Map<String, Object> values) {
        html.markup("<table>\n");
        values.forEach((key, value) -> html.row(key, String.valueOf(value)));
        html.markup("</table>\n");
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new StorageException("Cannot read " + file + ": " + e, e);
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4g", value);
    }

    private static String text(Duration time) {
        return String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }
}
