package io.github.txt2lora.batch;

import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.FirstFew;
import io.github.txt2lora.internal.Rounded;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.ProjectTexts;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A self-contained page about a batch: images, loss curves, settings, durations and failures. */
final class HtmlReport {

    /** Nobody reads more on a page, and a browser could not show it. */
    private static final int MOST_PROMPTS = 100;

    private static final String PREVIEW_KEY = "preview_every";

    /** Those of some thousand LoRAs are more than fits into a text. */
    private static final int MOST_WITH_PICTURES = 200;

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
        HtmlText html = new HtmlText().markup(PageHead.ofFinal()).markup("<h1>Txt2Lora report</h1>\n");
        html.markup("<p>")
                .text(BatchResult.counts(outcomes) + ", in " + ReportTime.text(duration) + ".")
                .markup("</p>\n");
        html.markup("<table class=\"summary\">\n<thead><tr><th>LoRA</th><th>outcome</th><th>gap</th>"
                + "<th>drift</th><th>recognized</th><th>training</th></tr></thead>\n<tbody>\n");
        for (int i = 0; i < outcomes.size(); i++) {
            addSummary(html, outcomes.get(i), i);
        }
        html.markup("</tbody>\n</table>\n");
        for (int i = 0; i < outcomes.size(); i++) {
            addSection(html, outcomes.get(i), i);
        }
        return html.markup("</body>\n</html>\n").toString();
    }

    /** One word for the outcome, also a class of the style. */
    static String word(LoraOutcome outcome) {
        if (outcome instanceof LoraOutcome.Finished) {
            return "finished";
        } else if (outcome instanceof LoraOutcome.Skipped) {
            return "skipped";
        }
        return outcome instanceof LoraOutcome.Failed ? "failed" : "interrupted";
    }

    private static void addSummary(HtmlText html, LoraOutcome outcome, int index) {
        html.markup("<tr><th><a href=\"#lora" + index + "\">")
                .text(outcome.name())
                .markup("</a></th>");
        html.markup("<td class=\"" + word(outcome) + "\">").text(word(outcome)).markup("</td>");
        LoraRecord record = record(outcome);
        if (record == null) {
            html.markup("<td></td><td></td><td></td><td></td></tr>\n");
            return;
        }
        LoraRecord.Training training = record.training();
        LoraQuality quality = training.quality();
        html.element("td", quality == null ? "" : percent(quality.gap()))
                .element("td", quality == null ? "" : percent(quality.drift()))
                .element("td", quality == null ? "" : quality.recognized())
                .element("td", ReportTime.text(Duration.ofMillis((long) (training.seconds() * 1000))))
                .markup("</tr>\n");
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "not measurable" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static @Nullable LoraRecord record(LoraOutcome outcome) {
        if (outcome instanceof LoraOutcome.Finished finished) {
            return finished.record();
        }
        return outcome instanceof LoraOutcome.Skipped skipped ? skipped.record() : null;
    }

    private void addSection(HtmlText html, LoraOutcome outcome, int index) {
        html.markup("<h2 id=\"lora" + index + "\">").text(outcome.name()).markup("</h2>\n");
        LoraRecord record = record(outcome);
        if (outcome instanceof LoraOutcome.Failed failed) {
            html.element("pre", String.valueOf(failed.failure().getMessage())).markup("\n");
        } else {
            html.element("p", outcome.summary()).markup("\n");
        }
        if (record != null) {
            if (index < MOST_WITH_PICTURES) {
                addPictures(html, outcome.name(), record);
            } else {
                addLink(html, outcome.name());
            }
            addRecord(html, record);
        } else {
            addProject(html, outcome.name());
        }
    }

    /** The settings of the training; those that cannot be read are part of the failure. */
    private void addProject(HtmlText html, String name) {
        try {
            LoraProject project = workspace.load(name);
            if (project.settings().preview().everyIterations() > 0) {
                addStrip(html, name);
            }
            addTexts(html, project.texts());
        } catch (Txt2LoraException e) {
            html.element("p", "The settings cannot be read, so they are not shown.")
                    .markup("\n");
        }
    }

    /** Prompts and settings, closed. */
    static void addTexts(HtmlText html, ProjectTexts texts) {
        addDetails(
                html,
                texts.prompts().stream().map(LoraRecordFile::values).toList(),
                LoraRecordFile.values(texts.settings()));
    }

    private static void addDetails(HtmlText html, List<Map<String, Object>> prompts, Map<String, Object> settings) {
        html.markup("<details><summary>Prompts</summary>\n");
        addPrompts(html, prompts);
        html.markup("</details>\n<details><summary>Settings</summary>\n");
        addTable(html, settings);
        html.markup("</details>\n");
    }

    private void addPictures(HtmlText html, String name, LoraRecord record) {
        LoraFiles files = new LoraFiles(workspace.loraFolder(name), name);
        if (record.preview() != null && RegularFile.isAt(files.picture())) {
            html.png(read(files.picture()), "images without and with " + name);
        }
        if (record.settings().get(PREVIEW_KEY) instanceof Number every && every.intValue() > 0) {
            addStrip(html, name);
        }
        LossChart.png(record.training().losses())
                .ifPresent(png -> html.markup("<div class=\"chart\">")
                        .png(png, "losses of " + name + " by iteration")
                        .markup("</div>\n"));
    }

    /** The pictures of so late a LoRA stay where they are. */
    private static void addLink(HtmlText html, String name) {
        html.markup("<p><a href=\"")
                .text(name.replace("%", "%25").replace("#", "%23") + "/")
                .markup("\">Its folder</a> has its images and, in its record, its losses.</p>\n");
    }

    private static void addRecord(HtmlText html, LoraRecord record) {
        html.markup("<table>\n");
        addFacts(html, record);
        html.markup("</table>\n");
        record.training()
                .warnings()
                .forEach(warning -> html.element("p", "Warning: " + warning).markup("\n"));
        addDetails(html, record.prompts(), record.settings());
    }

    private void addStrip(HtmlText html, String name) {
        new PreviewStrip(name, workspace.loraFolder(name), workspace.loraFolder()).addCopies(html);
    }

    private static void addFacts(HtmlText html, LoraRecord record) {
        LoraRecord.Training training = record.training();
        html.row(
                "model",
                training.model().name() + " (SHA-256 " + training.model().sha256() + ")");
        training.alsoOn().forEach(model -> html.row("also on", model.name() + " (SHA-256 " + model.sha256() + ")"));
        html.row("iterations", String.valueOf(training.iterations()));
        LoraQuality quality = training.quality();
        if (quality != null) {
            html.row("gap", percent(quality.gap()));
            html.row("drift", percent(quality.drift()));
            if (!quality.recognitions().isEmpty()) {
                html.row("recognized", quality.recognized());
            }
        }
        html.row("UNet samples", String.valueOf(training.unetSamples()));
        html.row("finished at", training.finishedAt());
        html.row("training", training.seconds() + " s");
        LoraRecord.Resize resize = record.resize();
        if (resize == null) {
            html.row("SHA-256", training.sha256());
        } else {
            html.row("SHA-256", resize.sha256());
            html.row("resized", resized(resize));
        }
        LoraRecord.Preview preview = record.preview();
        if (preview != null) {
            html.row("preview", Count.of(preview.pictures(), "image") + " in " + preview.seconds() + " s");
        }
        record.versions().forEach(html::row);
    }

    private static String resized(LoraRecord.Resize resize) {
        Double retained = resize.frobeniusRetained();
        String kept = retained != null && Double.isFinite(retained)
                ? ", " + Rounded.percent(retained) + " of the norm kept"
                : "";
        return "to ranks " + resize.lowestRank() + " to " + resize.highestRank() + kept + ", in " + resize.seconds()
                + " s";
    }

    /** Prompts that are drawn more often because they are there several times are shown once. */
    private static void addPrompts(HtmlText html, List<Map<String, Object>> prompts) {
        Map<Map<String, Object>, Integer> counts = new LinkedHashMap<>();
        prompts.forEach(prompt -> counts.merge(prompt, 1, Integer::sum));
        counts.entrySet().stream().limit(MOST_PROMPTS).forEach(entry -> {
            if (entry.getValue() > 1) {
                html.element("p", entry.getValue() + " of " + prompts.size() + " entries:")
                        .markup("\n");
            }
            addTable(html, entry.getKey());
        });
        if (counts.size() > MOST_PROMPTS) {
            html.element("p", "and " + FirstFew.more(counts.size() - MOST_PROMPTS) + "; the LoRA's .json has them all")
                    .markup("\n");
        }
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
}
