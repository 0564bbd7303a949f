package io.github.txt2lora.batch;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The report of a batch while it runs: what is being trained with its curves and previews, what is done, and what is still
 * to come. It shows images from their files, since it is written often, and refreshes itself.
 */
final class LivePage {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Workspace workspace;
    private final int seconds;
    private final Map<String, String> details = new HashMap<>();

    /**
     * A page.
     *
     * @param seconds between two refreshes
     */
    LivePage(Workspace workspace, int seconds) {
        this.workspace = workspace;
        this.seconds = seconds;
    }

    String html(LiveBatch batch) {
        return batch.read(loras -> html(batch, loras));
    }

    private String html(LiveBatch batch, List<LiveLora> loras) {
        Instant now = batch.now();
        HtmlText html = new HtmlText()
                .markup(PageHead.ofLive(seconds, now.toEpochMilli()))
                .markup("<h1>Txt2Lora report</h1>\n");
        addState(html, batch, loras, now);
        html.markup("<table class=\"summary\">\n<thead><tr><th>LoRA</th><th>state</th><th>iteration</th>"
                + "<th>gap</th><th>remaining</th></tr></thead>\n<tbody>\n");
        for (int i = 0; i < loras.size(); i++) {
            addSummary(html, loras.get(i), i);
        }
        html.markup("</tbody>\n</table>\n");
        // what is going on comes first
        for (int i = 0; i < loras.size(); i++) {
            if (loras.get(i).outcome().isEmpty() && loras.get(i).begun().isPresent()) {
                addSection(html, loras.get(i), i);
            }
        }
        for (int i = 0; i < loras.size(); i++) {
            if (loras.get(i).outcome().isPresent() || loras.get(i).begun().isEmpty()) {
                addSection(html, loras.get(i), i);
            }
        }
        return html.markup(PageHead.endOfLive()).toString();
    }

    private void addState(HtmlText html, LiveBatch batch, List<LiveLora> loras, Instant now) {
        long done = loras.stream().filter(lora -> lora.outcome().isPresent()).count();
        long waiting = loras.stream()
                .filter(lora -> lora.outcome().isEmpty() && lora.begun().isEmpty())
                .count();
        String left = LiveBatch.remaining(loras, trained(loras), now)
                .map(time -> ", about " + ReportTime.text(time) + " to go")
                .orElse("");
        html.element(
                        "p",
                        "This batch is running: " + done + " of " + loras.size() + " done, " + waiting + " waiting, "
                                + ReportTime.text(batch.elapsed()) + " so far" + left + ".")
                .markup("\n<p class=\"faint\">")
                .text("Written at " + TIME.format(now.atZone(ZoneId.systemDefault())) + ". ")
                .markup("<label><input type=\"checkbox\" id=\"refresh\" checked> Refresh every " + seconds
                        + " seconds</label> <span id=\"note\" role=\"status\"></span></p>\n");
    }

    private static Map<String, Duration> trained(List<LiveLora> loras) {
        Map<String, Duration> times = new HashMap<>();
        loras.forEach(lora -> lora.outcome().ifPresent(outcome -> {
            if (outcome instanceof LoraOutcome.Finished finished && finished.trained()) {
                times.put(lora.name(), finished.duration());
            }
        }));
        return times;
    }

    private static String state(LiveLora lora) {
        return lora.outcome().map(HtmlReport::word).orElseGet(lora::doing);
    }

    private static void addSummary(HtmlText html, LiveLora lora, int index) {
        html.markup("<tr><th><a href=\"#lora" + index + "\">").text(lora.name()).markup("</a></th>");
        html.markup("<td class=\"" + lora.outcome().map(HtmlReport::word).orElse("") + "\">")
                .text(state(lora))
                .markup("</td>");
        html.element("td", lora.iterations() == 0 ? "" : lora.iteration() + " of " + lora.iterations())
                .element("td", gap(lora).orElse(""))
                .element("td", lora.remaining().map(ReportTime::text).orElse(""))
                .markup("</tr>\n");
    }

    private static Optional<String> gap(LiveLora lora) {
        return lora.gaps().isEmpty()
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%.1f %%",
                        100 * lora.gaps().get(lora.gaps().size() - 1).value()));
    }

    private void addSection(HtmlText html, LiveLora lora, int index) {
        html.markup("<h2 id=\"lora" + index + "\">").text(lora.name()).markup("</h2>\n");
        lora.outcome()
                .ifPresentOrElse(
                        outcome -> addOutcome(html, outcome),
                        () -> html.element("p", inWords(lora)).markup("\n"));
        if (lora.outcome().isEmpty() && lora.iterations() > 0) {
            html.markup("<progress max=\"" + lora.iterations() + "\" value=\"" + lora.iteration() + "\" aria-label=\"")
                    .text("iterations of " + lora.name())
                    .markup("\"></progress>\n");
        }
        html.markup("<div class=\"curves\">\n");
        new Curve("loss", lora.losses(), lora.iterations(), true).addTo(html);
        new Curve("gap", lora.gaps(), lora.iterations(), false).addTo(html);
        html.markup("</div>\n");
        Path folder = workspace.loraFolder(lora.name());
        if (lora.hasPreviews()) {
            new PreviewStrip(lora.name(), folder, workspace.loraFolder()).addLinks(html, lora.iteration());
        }
        addGrid(html, lora, new LoraFiles(folder, lora.name()).picture());
        lora.warnings()
                .forEach(warning -> html.element("p", "Warning: " + warning).markup("\n"));
        html.markup(details.computeIfAbsent(lora.name(), this::detailsOf));
    }

    /** Read once, since a batch has read them too. */
    private String detailsOf(String name) {
        HtmlText html = new HtmlText();
        try {
            HtmlReport.addTexts(html, workspace.load(name, warning -> {}).texts());
        } catch (Txt2LoraException e) {
            // what is wrong with them is the outcome
        }
        return html.toString();
    }

    private static void addOutcome(HtmlText html, LoraOutcome outcome) {
        if (outcome instanceof LoraOutcome.Failed failed) {
            html.element("pre", String.valueOf(failed.failure().getMessage())).markup("\n");
        } else {
            html.element("p", outcome.summary()).markup("\n");
        }
    }

    private static String inWords(LiveLora lora) {
        if (lora.iteration() == 0) {
            return lora.doing() + ".";
        }
        return lora.doing() + ", after iteration " + lora.iteration() + " of " + lora.iterations()
                + (lora.iterationsPerSecond() > 0
                        ? String.format(Locale.ROOT, ", %.2f iterations per second", lora.iterationsPerSecond())
                        : "")
                + lora.remaining()
                        .map(left -> ", " + ReportTime.text(left) + " to go")
                        .orElse("")
                + ".";
    }

    /** The images of the finished LoRA. */
    private void addGrid(HtmlText html, LiveLora lora, Path picture) {
        boolean isDrawn = lora.outcome()
                .filter(outcome -> outcome instanceof LoraOutcome.Finished || outcome instanceof LoraOutcome.Skipped)
                .isPresent();
        if (isDrawn && RegularFile.isAt(picture)) {
            html.markup("<img loading=\"lazy\"" + PngSize.attributes(picture) + " src=\""
                            + PreviewStrip.links(workspace.loraFolder(), picture) + "\" alt=\"")
                    .text("images without and with " + lora.name())
                    .markup("\">\n");
        }
    }
}
