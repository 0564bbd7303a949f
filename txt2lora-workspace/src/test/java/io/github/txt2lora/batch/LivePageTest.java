package io.github.txt2lora.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.workspace.Workspace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivePageTest {

    private static final String HOSTILE = "<script>alert(1)</script>";

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path folder;

    private Workspace workspace;
    private LiveBatch batch;

    @BeforeEach
    void create() throws IOException {
        workspace = Workspace.create(folder);
        batch = new LiveBatch(List.of("a", "b & c", "d"), Clock.fixed(NOW, ZoneOffset.UTC));
    }

    private String html() {
        return new LivePage(workspace, 5).html(batch);
    }

    private void trained(String name, int iteration, double loss) {
        batch.onTraining(
                name, new IterationFinished(iteration, 100, loss, 1, 1e-3, 2, Duration.ofSeconds(100 - iteration)));
    }

    private void started(String name, PreviewSpec preview) {
        batch.onLoraStarted(name, 1, 3);
        batch.onTraining(
                name,
                new TrainingStarted(LoraTraining.builder()
                        .name(name)
                        .model(ModelSource.file(Path.of("model.safetensors")))
                        .prompt(PromptPair.enhance("k").build())
                        .output(workspace.loraFolder(name))
                        .preview(preview)
                        .build()));
    }

    private void draw(String name, int iteration) throws IOException {
        Files.createDirectories(workspace.loraFolder(name).resolve("preview"));
        ImageRequest request = ImageRequest.builder()
                .model(ModelSource.file(Path.of("model.safetensors")))
                .prompt("krnkmd")
                .loras(List.of(new LoraWeight(Path.of(name + ".safetensors"), -1)))
                .seed(7)
                .build();
        new GeneratedImage(new BufferedImage(640, 320, BufferedImage.TYPE_INT_RGB), 7, request)
                .writePng(workspace
                        .loraFolder(name)
                        .resolve("preview/" + name + "-" + "%06d".formatted(iteration) + "-0.png"));
    }

    @Test
    void tells_what_is_trained_what_is_done_and_what_waits() {
        started("a", PreviewSpec.off());
        batch.onLoraEnded(new LoraOutcome.Failed("a", new Txt2LoraException("no room " + HOSTILE)));
        started("b & c", PreviewSpec.off());
        trained("b & c", 40, 0.25);
        batch.onTraining("b & c", new GapMeasured(40, 0.4, 0.375));
        batch.onTraining("b & c", new TrainingWarning("odd " + HOSTILE));

        String html = html();

        assertThat(html)
                .contains("1 of 3 done, 1 waiting")
                // one minute for this one, and as much for the other one, as far as is known
                .contains("about 0:02:00 to go")
                .contains("<td class=\"failed\">failed</td>")
                .contains("<td>40 of 100</td><td>37.5 %</td><td>0:01:00</td>")
                .contains("<progress max=\"100\" value=\"40\"")
                .contains("loss: 0.2500 now", "gap: 0.3750 now")
                .contains("Warning: odd &lt;script&gt;", "no room &lt;script&gt;")
                .doesNotContain(HOSTILE);
        assertThat(html.indexOf("<h2 id=\"lora1\">")).isLessThan(html.indexOf("<h2 id=\"lora0\">"));
    }

    @Test
    void refreshes_itself_by_a_script_that_its_policy_names_or_without_scripts() {
        String html = html();

        assertThat(html)
                .containsPattern("script-src 'sha256-[A-Za-z0-9+/]{43}='")
                .contains("<noscript><meta http-equiv=\"refresh\" content=\"15\"></noscript>")
                .contains("data-seconds=\"5\" data-written=\"" + NOW.toEpochMilli() + "\"");
        assertThat(Pattern.compile("<script>").matcher(html).results()).hasSize(1);
    }

    @Test
    void a_pause_and_going_back_show() {
        started("a", PreviewSpec.off());
        trained("a", 1, 0.5);
        trained("a", 2, 0.75);
        batch.onTraining("a", new TrainingRecovered(3, "a loss of NaN", 1, 0.5));
        batch.onTraining("a", new TrainingPaused(1));

        assertThat(html()).contains("<td class=\"\">paused</td><td>1 of 100</td>", "a loss of NaN in iteration 3");

        batch.onTraining("a", new TrainingResumed(1));
        trained("a", 2, 0.125);
        assertThat(html()).contains("<td class=\"\">training</td>").doesNotContain("0.7500");
    }

    @Test
    void previews_are_links_of_which_a_few_are_chosen() throws IOException {
        started("b & c", PreviewSpec.every(1));
        for (int iteration = 1; iteration <= 40; iteration++) {
            draw("b & c", iteration);
        }
        draw("b & c", 77);
        trained("b & c", 40, 0.5);

        String html = html();

        assertThat(html)
                .contains("“krnkmd” at weight -1, seed 7, by iteration")
                .contains("src=\"b%20%26%20c/preview/b%20%26%20c-000001-0.png\"")
                .contains("alt=\"preview of b &amp; c after 40 iterations\"")
                .doesNotContain("000077", "data:image");
        assertThat(Pattern.compile("<img ").matcher(html).results()).hasSize(12);
    }

    @Test
    void the_final_report_has_small_copies_of_them() throws IOException {
        Files.writeString(folder.resolve("config/a.yaml"), "model_name: tiny\npreview_every: 50\n");
        Files.writeString(folder.resolve("prompts/a.yaml"), "- target: k\n");
        draw("a", 50);
        draw("a", 100);

        String html = new HtmlReport(workspace, List.of(new LoraOutcome.Interrupted("a", true)), Duration.ZERO).html();

        assertThat(html)
                .contains(
                        "<a href=\"a/preview/a-000050-0.png\"><img loading=\"lazy\" width=\"640\" height=\"320\" src=\"data:image/jpeg;base64,")
                .doesNotContain("<script", "http-equiv=\"refresh\"", "'self'");
        assertThat(html.length()).isLessThan(50_000);
    }

    @Test
    void many_losses_make_a_small_page() {
        started("a", PreviewSpec.off());
        for (int iteration = 1; iteration <= 20_000; iteration++) {
            trained("a", iteration, 1.0 / iteration);
        }

        assertThat(html().length()).isLessThan(100_000);
    }

    @Test
    void a_page_that_cannot_be_written_ends_nothing() throws IOException {
        Path directory = Files.createDirectories(folder.resolve("lora/report.html"));
        var report = new LiveReport(batch, new LivePage(workspace, 5), directory);

        report.close();
        report.close();

        assertThat(directory).isDirectory();
    }
}
