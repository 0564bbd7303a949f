package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.GenerationParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureCommandsTest {

    @TempDir
    private static Path shared;

    @TempDir
    private Path folder;

    @BeforeAll
    static void copyModel() {
        DemoCheckpoint.copyTo(shared);
    }

    @Test
    void image_draws_as_many_pictures_as_wanted_with_their_settings_in_them() throws IOException {
        Path file = folder.resolve("maid.png");

        CommandRun run = draw("image", "1girl", "--count=2", "--seed=7", "--sampler=euler a", "-o", file.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .containsExactly(
                        folder.resolve("maid-7.png").toString(),
                        folder.resolve("maid-8.png").toString());
        assertThat(ImageIO.read(folder.resolve("maid-8.png").toFile()).getWidth())
                .isEqualTo(64);
        assertThat(GenerationParameters.readPng(folder.resolve("maid-8.png")).orElseThrow())
                .satisfies(parameters -> {
                    assertThat(parameters.prompt()).isEqualTo("1girl");
                    assertThat(parameters.settings())
                            .containsEntry("Seed", "8")
                            .containsEntry("Sampler", "Euler a")
                            .containsEntry("Size", "64x96");
                });
        assertThat(run.err()).contains("Drawing", "4/4").doesNotContain("\r", "\u001b");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    2girls AND red hair AND blue hair | --latent-couple=1:1,1:2,1:2 0:0,0:0,0:1 0.2,0.8,0.8 | LatentCouple[
                    red hair AND blue hair            | --latent-couple= 1:2,1:2  0:0,0:1                  | weight=1.0]
                    red hair ADDCOL blue hair         | --regions=1,2                                      | RegionGrid[
                    """)
    void parts_of_a_prompt_have_their_places(String prompt, String option, String composition) {
        Path file = folder.resolve("two.png");

        CommandRun run = draw("image", prompt, option, "-o", file.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(GenerationParameters.readPng(file).orElseThrow().settings().get("Composition"))
                .contains(composition);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --latent-couple=1:2,1:2                 | expected divisions, positions and perhaps weights
                    --latent-couple=1:2,1:2 0:0             | divisions are 2 and positions 1
                    --latent-couple=1:2,1:2 0:0,0:1 1       | regions are 2 and their weights 1
                    --latent-couple=1:2,1:2 0:0,0:2         | region is "1:2-0:2"
                    --latent-couple=1:1 0:0 1 2             | expected divisions
                    --regions=1,2 --latent-couple=1:1_0:0   | mutually exclusive
                    """)
    void places_that_cannot_be_read_are_said_before_anything_is_loaded(String option, String sentence) {
        List<String> arguments = new ArrayList<>(List.of("image", "a AND b"));
        arguments.addAll(List.of(option.split(" (?=--)")));

        CommandRun run = draw(arguments.toArray(String[]::new));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Error: ").contains(sentence);
    }

    @Test
    void a_folder_that_is_missing_is_said_before_the_drawing() {
        CommandRun run =
                draw("image", "1girl", "-o", folder.resolve("none/maid.png").toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("none");
    }

    @Test
    void plot_draws_every_combination_into_one_file() {
        Path file = folder.resolve("plot.png");

        CommandRun run =
                draw("plot", "1girl", "--x=seed=1,2", "--y=prompt=1girl,2girls", "--json", "-o", file.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.json()).hasSize(5);
        assertThat(run.result().get("pictures").asInt()).isEqualTo(4);
        assertThat(file).isNotEmptyFile();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --x=sed=1      | did you mean seed?
                    --x=seed=a     | expected numbers
                    --x=seed       | expected KIND=VALUE,VALUE
                    --x=model=none | there is no "none"
                    --x=lora-weight=1 | has no LoRA to apply to
                    --x=prompt=cat,dog | expected a part of the prompt
                    --x=seed=1 --z=steps=2 | --z is given without --y
                    --x=seed=1 --size=64 | expected WIDTHxHEIGHT
                    --x=seed=1 --size=60x64 | expected a multiple of 8
                    --x=seed=1 --sampler=eula | did you mean
                    """)
    void what_cannot_be_plotted_is_said_before_anything_is_loaded(String options, String sentence) {
        List<String> arguments = new ArrayList<>(
                List.of("plot", "1girl", "-o", folder.resolve("plot.png").toString()));
        arguments.addAll(List.of(options.split(" ")));

        CommandRun run = draw(arguments.toArray(String[]::new));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Error: ").contains(sentence);
        assertThat(folder).isEmptyDirectory();
    }

    private static CommandRun draw(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(1, List.of("--model", shared.resolve("chibi").toString(), "--steps=2", "--device=cpu"));
        if (all.stream().noneMatch(argument -> argument.startsWith("--size"))) {
            all.add("--size=64x96");
        }
        return CommandRun.of(all.toArray(String[]::new));
    }
}
