package io.github.txt2lora.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.PlotListener;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordsPreviewTest {

    private static final String SETTINGS = """
            model_name: tiny
            preview_width: 64
            preview_height: 32
            preview_steps: 3
            preview_places: [kitchen]
            """;

    @TempDir
    private Path folder;

    private Workspace workspace;
    private final FakeTrainingEngine engine = FakeTrainingEngine.builder().build();

    @BeforeEach
    void create() throws IOException {
        workspace = Workspace.create(folder);
        Files.writeString(folder.resolve("model/tiny.safetensors"), "a model");
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private Path draw(String settings, String prompts) throws IOException {
        Files.writeString(workspace.configFile("krnkmd"), settings);
        Files.writeString(workspace.promptsFile("krnkmd"), prompts);
        return new WordsPreview(workspace, engine).draw("krnkmd", (done, total) -> {});
    }

    private List<String> prompts() {
        return engine.requests().stream().map(ImageRequest::prompt).toList();
    }

    @Test
    void the_neutral_prompt_and_what_the_target_is_to_show_are_drawn_without_a_lora() throws IOException {
        Path file = draw(SETTINGS, """
                - {target: krnkmd, positive: "maid (black), cat ears", neutral: 1girl, action: enhance, guidance_scale: 1.5}
                - {target: 2girls, action: enhance}
                """);

        assertThat(file).isEqualTo(folder.resolve("lora/krnkmd/krnkmd-words.png"));
        assertThat(ImageIO.read(file.toFile()).getHeight()).isGreaterThan(2 * 32);
        assertThat(prompts()).containsExactly("1girl, kitchen", "1girl, kitchen AND maid \\(black\\), cat ears :1.5");
        assertThat(engine.requests()).allMatch(request -> request.loras().isEmpty() && request.steps() == 3);
        assertThat(engine.trainings()).isEmpty();
    }

    @Test
    void what_is_erased_counts_negatively_and_the_unconditional_prompt_is_the_negative_one() throws IOException {
        draw(
                SETTINGS,
                "- {target: krnkmd, positive: cat ears, neutral: 1girl, unconditional: lowres, action: erase}\n");

        assertThat(prompts()).containsExactly("1girl, kitchen", "1girl, kitchen AND cat ears :-1.0");
        assertThat(engine.requests()).extracting(ImageRequest::negativePrompt).containsOnly("lowres");
    }

    @Test
    void without_a_neutral_prompt_the_words_are_drawn_in_the_place() throws IOException {
        draw(SETTINGS, "- {target: krnkmd, positive: maid, action: enhance}\n");

        assertThat(prompts()).containsExactly("kitchen", "maid, kitchen");
    }

    @Test
    void a_slider_shows_both_ends() throws IOException {
        draw(SETTINGS, "- {target: 1girl, low: short hair, high: long hair}\n");

        assertThat(engine.requests())
                .extracting(request -> request.prompt() + " | " + request.negativePrompt())
                .contains(
                        "1girl, kitchen AND 1girl,long hair :0.75 | 1girl,short hair",
                        "1girl, kitchen AND 1girl,short hair :0.75 | 1girl,long hair");
    }

    @Test
    void progress_counts_all_images_of_all_seeds_and_places() throws IOException {
        Files.writeString(
                workspace.configFile("krnkmd"),
                SETTINGS.replace("[kitchen]", "[kitchen, beach]") + "preview_seeds: [1, 2]\n");
        Files.writeString(workspace.promptsFile("krnkmd"), "- {target: a, positive: b, neutral: c, action: enhance}\n");
        List<String> progress = new ArrayList<>();

        new WordsPreview(workspace, engine).draw("krnkmd", (done, total) -> progress.add(done + " of " + total));

        assertThat(progress).hasSize(8).endsWith("8 of 8");
    }

    @Test
    void an_interrupt_ends_it_and_pictures_that_are_not_shown_are_told() throws IOException {
        Files.writeString(folder.resolve("prompts/a.png"), "read by a training alone");
        Files.writeString(workspace.configFile("krnkmd"), SETTINGS);
        Files.writeString(
                workspace.promptsFile("krnkmd"), "- {target: a, positive: b, action: enhance, pictures: [a.png]}\n");
        List<String> warnings = new ArrayList<>();
        PlotListener interrupting = new PlotListener() {
            @Override
            public void pictureFinished(int done, int total) {
                Thread.currentThread().interrupt();
            }

            @Override
            public void warned(String message) {
                warnings.add(message);
            }
        };
        var preview = new WordsPreview(workspace, engine);

        assertThatThrownBy(() -> preview.draw("krnkmd", interrupting)).hasMessageContaining("interrupted");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(warnings).singleElement().asString().startsWith("pictures beside the words are not shown");
        assertThat(folder.resolve("lora/krnkmd/krnkmd-words.png")).doesNotExist();
    }

    @Test
    void more_images_than_a_grid_holds_are_refused_before_any_is_drawn() {
        assertThatThrownBy(() -> draw(
                        SETTINGS.replace("64", "4096").replace("32", "4096") + "preview_seeds: " + seeds(100) + "\n",
                        "- {target: a, positive: b, action: enhance}\n"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("expected at most");
        assertThat(engine.requests()).isEmpty();
    }

    private static List<Integer> seeds(int count) {
        List<Integer> seeds = new ArrayList<>();
        for (int seed = 0; seed < count; seed++) {
            seeds.add(seed);
        }
        return seeds;
    }
}
