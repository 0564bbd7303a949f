package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertSettingsCommandTest {

    @TempDir
    private Path folder;

    private String slider;

    @BeforeEach
    void write() throws IOException {
        slider = Files.writeString(
                        folder.resolve("slider.toml"),
                        "[[targets]]\ntarget_class = \"1girl\"\npositive = \"long hair\"\nnegative = \"short hair\"\n")
                .toString();
    }

    @Test
    void the_extension_says_what_is_written() {
        Path yaml = folder.resolve("slider.yaml");
        CommandRun run = CommandRun.of("convert-settings", slider, yaml.toString());
        CommandRun back = CommandRun.of(
                "convert-settings", yaml.toString(), folder.resolve("back.toml").toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualToIgnoringNewLines("Wrote " + yaml + " with 4 pairs of prompts; nothing is lost");
        assertThat(yaml).content().contains("- target: \"1girl\"\n", "  multiplier: -1.0\n");
        assertThat(back.exitCode()).isZero();
        assertThat(folder.resolve("back.toml")).content().contains("[[prompts]]\n", "multiplier = -1.0\n");
    }

    @Test
    void losses_are_told_to_people_and_programs() {
        Path leco = folder.resolve("leco.yaml");
        CommandRun people = CommandRun.of("convert-settings", slider, leco.toString(), "--to", "leco");
        CommandRun programs =
                CommandRun.of("convert-settings", slider, leco.toString(), "--to=leco", "--force", "--json");

        assertThat(people.exitCode()).isZero();
        assertThat(people.out()).contains("with 4 pairs of prompts; what is lost is told above");
        assertThat(people.err())
                .contains("Warning: lost: pair 3 (1girl loses: long hair, compared with short hair, at strength -1):"
                        + " multiplier -1.0 is lost");
        JsonNode result = programs.result();
        assertThat(result.get("file").asText()).isEqualTo(leco.toString());
        assertThat(result.get("format").asText()).isEqualTo("leco");
        assertThat(result.get("pairs").asInt()).isEqualTo(4);
        assertThat(result.get("losses")).hasSize(2);
        assertThat(programs.json()).hasSize(1);
    }

    @Test
    void a_file_that_is_there_is_kept() throws IOException {
        Path yaml = Files.writeString(folder.resolve("mine.yaml"), "- target: mine\n");

        CommandRun run = CommandRun.of("convert-settings", slider, yaml.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(yaml + " is there already; choose another name, or give --force");
        assertThat(yaml).hasContent("- target: mine\n");
    }

    @Test
    void bad_input_is_one_sentence_and_writes_nothing() throws IOException {
        Path wrong = Files.writeString(folder.resolve("wrong.toml"), "[[prompts]]\ntarget = \"a\"\nweigth = 2\n");
        Path yaml = folder.resolve("out.yaml");

        CommandRun run = CommandRun.of("convert-settings", wrong.toString(), yaml.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .endsWith(wrong + ", line 3, column 1: weigth is unknown; did you mean weight?");
        assertThat(yaml).doesNotExist();
        assertThat(CommandRun.of("convert-settings", folder.resolve("no.toml").toString(), yaml.toString())
                        .err())
                .contains("There is no file " + folder.resolve("no.toml") + "; expected prompts in TOML there");
    }
}
