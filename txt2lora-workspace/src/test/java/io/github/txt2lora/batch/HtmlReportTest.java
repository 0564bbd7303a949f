package io.github.txt2lora.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.workspace.Workspace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.swing.text.MutableAttributeSet;
import javax.swing.text.html.HTML;
import javax.swing.text.html.HTMLEditorKit.ParserCallback;
import javax.swing.text.html.parser.ParserDelegator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {

    private static final String HOSTILE = "<script>alert(1)</script><img src=x onerror=\"alert('2')\">&amp;\u0000";

    private static final Pattern PICTURE = Pattern.compile("src=\"data:image/png;base64,([^\"]*)\"");

    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void create() throws IOException {
        workspace = Workspace.create(folder);
        Files.createDirectories(workspace.loraFolder("krnkmd"));
        ImageIO.write(
                new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB),
                "png",
                workspace.loraFolder("krnkmd").resolve("krnkmd.png").toFile());
    }

    @Test
    void holds_pictures_and_loss_curves_itself() throws IOException {
        String html = report().html();

        Matcher pictures = PICTURE.matcher(html);
        assertThat(pictures.results().map(match -> size(match.group(1)))).containsExactly("640x480", "800x260");
        assertThat(html).doesNotContain("http:").doesNotContain("https:").doesNotContain("<script");
    }

    @Test
    void pictures_of_more_loras_than_a_page_can_hold_stay_in_their_folders() {
        ModelIdentity model = new ModelIdentity("anime", "/model", 1, 2, "digest");
        LoraOutcome outcome = finished(record(model, List.of()));

        String html = new HtmlReport(workspace, Collections.nCopies(202, outcome), Duration.ofSeconds(3)).html();

        assertThat(PICTURE.matcher(html).results()).hasSize(2 * 200);
        assertThat(html.split("href=\"krnkmd/\"", -1)).hasSize(1 + 2);
    }

    @Test
    void users_text_is_no_markup() throws IOException {
        StringBuilder tags = new StringBuilder();
        StringBuilder text = new StringBuilder();
        new ParserDelegator()
                .parse(
                        new StringReader(report().html()),
                        new ParserCallback() {
                            @Override
                            public void handleStartTag(HTML.Tag tag, MutableAttributeSet attributes, int position) {
                                tags.append(tag).append(' ');
                            }

                            @Override
                            public void handleText(char[] data, int position) {
                                text.append(data).append('\n');
                            }
                        },
                        true);

        assertThat(tags.toString()).doesNotContain("script").contains("table", "h2");
        assertThat(text.toString()).contains("<script>alert(1)</script>").contains("not begun");
    }

    @Test
    void names_outcomes_durations_and_settings() {
        String html = report().html();

        assertThat(html)
                .contains("1 of 3 finished, 1 failed, 1 interrupted or not begun, in 1:02:03.")
                .contains("<th>gap</th><th>drift</th><th>recognized</th>")
                .contains("<td>10.0 %</td><td>2.0 %</td><td>&lt;script&gt;")
                .contains(" 94 %</td><td>0:00:12</td>")
                .contains("<tr><th>rank</th><td>4</td></tr>")
                .contains("model digest");
    }

    @Test
    void what_steers_the_direction_of_writing_is_escaped_and_secrets_of_addresses_are_hidden() {
        String html = new HtmlText()
                .text("a\u202eb\u001b[1m\nc\ud800 https://example.org/x?sig=s3cret")
                .toString();

        assertThat(html).isEqualTo("a\\u202eb\\u001b[1m\nc\\ud800 https://example.org/x?***");
    }

    @Test
    void lora_that_failed_is_shown_with_its_settings_as_far_as_they_can_be_read() throws IOException {
        Files.writeString(workspace.configFile("broken"), "model_name: missing\nrank: 17\n");
        Files.writeString(workspace.promptsFolder().resolve("broken.yaml"), "- target: broken doll\n");

        String html = report().html();

        assertThat(html.substring(html.indexOf("<h2 id=\"lora1\">"), html.indexOf("<h2 id=\"lora2\">")))
                .contains("<tr><th>rank</th><td>17</td></tr>", "<tr><th>target</th><td>broken doll</td></tr>")
                .doesNotContain("cannot be read");
        assertThat(html.substring(html.indexOf("<h2 id=\"lora2\">"))).contains("The settings cannot be read");
    }

    @Test
    void its_table_leads_to_each_lora() {
        assertThat(report().html()).contains("<a href=\"#lora1\">broken</a>").contains("<h2 id=\"lora1\">broken</h2>");
    }

    @Test
    void prompts_that_are_there_several_times_are_shown_once() {
        assertThat(report().html())
                .containsOnlyOnce("<tr><th>target</th><td>1girl</td></tr>")
                .contains("<p>2 of 3 entries:</p>");
    }

    @Test
    void of_very_many_prompts_the_first_are_shown() {
        List<Map<String, Object>> prompts = IntStream.range(0, 20_000)
                .mapToObj(i -> Map.<String, Object>of("target", "t" + i))
                .toList();

        assertThat(report(prompts).html())
                .contains("<td>t99</td>", "<p>and 19,900 more; the LoRA&#39;s .json has them all</p>")
                .doesNotContain("<td>t100</td>");
    }

    @Test
    void many_losses_make_a_small_chart() {
        List<Double> losses =
                IntStream.range(0, 200_000).mapToObj(i -> 1.0 / (1 + i % 100)).toList();

        assertThat(LossChart.png(losses))
                .hasValueSatisfying(png -> assertThat(png.length).isLessThan(200_000));
        assertThat(LossChart.png(List.of())).isEmpty();
        assertThat(LossChart.png(List.of(0.0))).isPresent();
    }

    @Test
    void chromium_shows_it() throws IOException, InterruptedException {
        Optional<Path> chromium = chromium();
        assumeTrue(chromium.isPresent(), "no Chromium on this machine");
        Path page = folder.resolve("report.html");
        Path picture = folder.resolve("page.png");
        report().write(page);

        Process process = new ProcessBuilder(
                        chromium.get().toString(),
                        "--headless",
                        "--disable-gpu",
                        "--no-sandbox",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--window-size=1200,1600",
                        "--screenshot=" + picture,
                        page.toUri().toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("chromium.log").toFile())
                .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();

        assertThat(ended).isTrue();
        BufferedImage shown = ImageIO.read(picture.toFile());
        assertThat(IntStream.range(0, shown.getWidth() * shown.getHeight())
                        .map(i -> shown.getRGB(i % shown.getWidth(), i / shown.getWidth()))
                        .distinct()
                        .count())
                .isGreaterThan(100);
    }

    private static Optional<Path> chromium() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .flatMap(directory -> Stream.of("chromium", "chromium-browser", "google-chrome", "chrome")
                        .map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private HtmlReport report() {
        return report(List.of(Map.of("target", "1girl"), Map.of("target", HOSTILE), Map.of("target", "1girl")));
    }

    private HtmlReport report(List<Map<String, Object>> prompts) {
        ModelIdentity model = new ModelIdentity(HOSTILE, "/model", 1, 2, "model digest");
        LoraRecord record = record(model, prompts);
        return new HtmlReport(
                workspace,
                List.of(
                        finished(record),
                        new LoraOutcome.Failed("broken", new Txt2LoraException(HOSTILE)),
                        new LoraOutcome.Interrupted("later", false)),
                Duration.ofSeconds(3723));
    }

    private static LoraRecord record(ModelIdentity model, List<Map<String, Object>> prompts) {
        return new LoraRecord(
                LoraRecord.FORMAT,
                "krnkmd",
                Map.of("rank", 4, HOSTILE, HOSTILE),
                prompts,
                Map.of("java", HOSTILE),
                new LoraRecord.Training(
                        "fingerprint",
                        model,
                        List.of(model),
                        "lora digest",
                        0,
                        3,
                        List.of(0.5, 0.3, 0.1),
                        0.5,
                        0.1,
                        new LoraQuality(
                                0.1,
                                List.of(new LoraQuality.Band(TimestepRange.of(667, 999), 0.1)),
                                0.02,
                                0,
                                List.of(new LoraQuality.Recognition(HOSTILE, "cat ears", 0.9375)),
                                List.of(new LoraQuality.Gap(10, 0.5))),
                        1234,
                        "2024-12-31T23:59:59Z",
                        12.5,
                        List.of(HOSTILE),
                        List.of(new LoraRecord.Ancestor(HOSTILE, "0123")),
                        List.of(new LoraRecord.Embedding(HOSTILE, "0123"))),
                new LoraRecord.Resize("fingerprint", "small digest", 1, 4, null, 0.1),
                new LoraRecord.Preview("fingerprint", 6, 3));
    }

    private LoraOutcome finished(LoraRecord record) {
        return new LoraOutcome.Finished("krnkmd", folder.resolve(HOSTILE.substring(0, 7)), record, true, Duration.ZERO);
    }

    private static String size(String base64) {
        try {
            BufferedImage image =
                    ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
            return image.getWidth() + "x" + image.getHeight();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
