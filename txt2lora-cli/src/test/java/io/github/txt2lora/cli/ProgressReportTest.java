package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.event.TrainingWarning;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressReportTest {

    private static final Path LORA = Path.of("krnkmd.safetensors");

    private final StringWriter printed = new StringWriter();
    private final ProgressReport report = ProgressReport.ofOne(
            new Output(new PrintWriter(Writer.nullWriter()), new PrintWriter(printed, true), false, false),
            "the same command resumes");

    @Test
    void says_how_far_a_cancelled_training_came_and_where_it_is() {
        tell(
                started(),
                new ModelLoaded("base.safetensors", "SD 1.x", Duration.ofMillis(1500)),
                new IterationFinished(3, 10, 0.25, 1, 1e-4, 1, Duration.ofSeconds(7)),
                new StateSaved(Path.of("krnkmd-3.state"), 3),
                new TrainingCancelled(3, Optional.of(LORA)));

        assertThat(printed.toString())
                .contains("base.safetensors: SD 1.x, loaded in 1.5 s")
                .contains("3/10")
                .contains("loss 0.2500")
                .endsWith("Cancelled after 3 of 10 iterations; what was trained is in krnkmd.safetensors;"
                        + " the same command resumes from there"
                        + System.lineSeparator())
                .doesNotContain("\r", "\u001b");
    }

    @Test
    void promises_no_more_than_was_saved() {
        tell(
                started(),
                new StateSaved(Path.of("krnkmd-2.state"), 2),
                new IterationFinished(3, 10, 0.25, 1, 1e-4, 1, Duration.ofSeconds(7)),
                new TrainingCancelled(3, Optional.of(LORA)));

        assertThat(printed.toString())
                .endsWith("Cancelled after 3 of 10 iterations; what was trained is in krnkmd.safetensors"
                        + System.lineSeparator());
    }

    @Test
    void shows_a_download_in_megabytes_on_lines_that_end() {
        tell(
                started(),
                new ModelDownloading("base", 10, OptionalLong.empty()),
                new ModelDownloading("base", 1_000_000_000, OptionalLong.of(4_000_000_000L)),
                new ModelDownloading("base", 4_000_000_000L, OptionalLong.of(4_000_000_000L)),
                new ModelLoaded("base", "SD 1.x", Duration.ofMillis(1500)));

        assertThat(printed.toString())
                .contains("Downloading 100% [", "4000/4000 MB", " base")
                .endsWith("base: SD 1.x, loaded in 1.5 s" + System.lineSeparator())
                .doesNotContain("\r", "\u001b");
    }

    @Test
    void ends_the_line_of_a_download_of_unknown_size() {
        tell(started(), new ModelDownloading("base", 7_000_000, OptionalLong.empty()));
        tell(new TrainingCancelled(0, Optional.empty()));

        assertThat(printed.toString())
                .contains("Downloading", "7/? MB")
                .endsWith("Cancelled after 0 of 10 iterations; no LoRA was saved" + System.lineSeparator());
    }

    @Test
    void shortens_a_long_name_so_that_the_bar_has_room() {
        tell(started(), new ModelDownloading("a".repeat(50) + "-v5", 5, OptionalLong.of(5)));

        assertThat(printed.toString()).contains("====").contains(" aaaaaaaaaaaaaaa…aaaaaaaaaaa-v5");
    }

    @Test
    void json_has_the_bytes_of_a_download() {
        StringWriter out = new StringWriter();
        var json = ProgressReport.ofOne(
                new Output(new PrintWriter(out, true), new PrintWriter(Writer.nullWriter()), true, false), "");
        json.onEvent(new ModelDownloading("base", 5, OptionalLong.empty()));
        json.onEvent(new ModelDownloading("base", 6, OptionalLong.of(12)));

        assertThat(out.toString().lines())
                .containsExactly(
                        "{\"event\":\"progress\",\"task\":\"Downloading\",\"done\":5,\"note\":\"base\"}",
                        "{\"event\":\"progress\",\"task\":\"Downloading\",\"done\":6,\"total\":12,\"note\":\"base\"}");
    }

    @Test
    void tells_what_the_training_chose() {
        tell(started(), new SettingsChosen(250, 0.00123, "Chosen: 250 iterations"));

        assertThat(printed.toString().strip()).isEqualTo("Chosen: 250 iterations");
    }

    @Test
    void json_has_what_the_training_chose() {
        StringWriter out = new StringWriter();
        var json = ProgressReport.of(
                "krnkmd",
                new Output(new PrintWriter(out, true), new PrintWriter(Writer.nullWriter()), true, false),
                "");
        json.onEvent(new SettingsChosen(250, 0.00123, "Chosen: 250 iterations"));

        assertThat(out.toString().lines())
                .containsExactly("{\"event\":\"settingsChosen\",\"name\":\"krnkmd\",\"iterations\":250,"
                        + "\"learningRate\":0.00123,\"reason\":\"Chosen: 250 iterations\"}");
    }

    @Test
    void says_when_nothing_was_saved() {
        tell(started(), new TrainingCancelled(0, Optional.empty()));

        assertThat(printed.toString().strip()).isEqualTo("Cancelled after 0 of 10 iterations; no LoRA was saved");
    }

    @Test
    void mentions_states_saved_on_the_way_and_leaves_the_last_one_to_the_result() {
        tell(started(), new LoraSaved(LORA, 5), new LoraSaved(LORA, 10));

        assertThat(printed.toString().strip()).isEqualTo("Saved krnkmd.safetensors after 5 iterations");
    }

    @Test
    void tells_previews_and_json_has_their_files() {
        var preview = new PreviewDrawn(
                50, List.of(), List.of(Path.of("krnkmd-000050-0.png"), Path.of("b.png")), Duration.ofMillis(1500));
        tell(started(), preview);

        assertThat(printed.toString())
                .endsWith("Preview after 50 iterations: krnkmd-000050-0.png and 1 more" + System.lineSeparator());

        var lines = new StringWriter();
        ProgressReport.of(
                        "krnkmd",
                        new Output(new PrintWriter(lines, true), new PrintWriter(Writer.nullWriter()), true, false),
                        "")
                .onEvent(preview);
        assertThat(lines.toString())
                .startsWith("{\"event\":\"preview\",\"name\":\"krnkmd\",\"iteration\":50,"
                        + "\"files\":[\"krnkmd-000050-0.png\",\"b.png\"],\"seconds\":1.5}");
    }

    @Test
    void passes_warnings_on() {
        tell(new TrainingWarning("rank 64 is larger than 2 layers can use"));

        assertThat(printed.toString().strip()).isEqualTo("Warning: rank 64 is larger than 2 layers can use");
    }

    private void tell(TrainingEvent... events) {
        for (TrainingEvent event : events) {
            report.onEvent(event);
        }
    }

    private static TrainingEvent started() {
        return new TrainingStarted(LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.file(Path.of("base.safetensors")))
                .prompt(PromptPair.enhance("krnkmd").positive("maid").build())
                .spec(TrainingSpec.builder().iterations(10).build())
                .output(Path.of("loras"))
                .build());
    }
}
