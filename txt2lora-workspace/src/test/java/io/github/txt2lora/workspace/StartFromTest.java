package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The LoRA that a training of a workspace goes on from. */
class StartFromTest {

    @TempDir
    private Path folder;

    private Workspace workspace;

    @BeforeEach
    void createWorkspace() throws IOException {
        workspace = Workspace.create(folder);
        Files.writeString(workspace.modelFolder().resolve("tiny.safetensors"), "a model");
        Files.writeString(
                workspace.promptsFolder().resolve("krnkmd.yaml"), "- target: a\n  action: enhance\n  positive: b\n");
        for (String name : new String[] {"krnkmd", "tyankmk"}) {
            Files.createDirectories(workspace.loraFolder(name));
            Files.writeString(workspace.loraFolder(name).resolve(name + ".safetensors"), "a LoRA");
        }
    }

    private LoraStart start(String yaml, Map<String, String> settings) throws IOException {
        Files.writeString(workspace.configFile("krnkmd"), "model_name: tiny\n" + yaml + "\n");
        Workspace changed = workspace.withSettings(settings);
        return changed.training(changed.load("krnkmd")).spec().method().start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora/tyankmk/tyankmk.safetensors", "lora/tyankmk/tyankmk"})
    void path_counts_from_the_workspace_with_or_without_its_extension(String path) throws IOException {
        LoraStart expected = LoraStart.from(workspace.loraFolder("tyankmk").resolve("tyankmk.safetensors"));

        assertThat(start("start_from: " + path, Map.of())).isEqualTo(expected);
        assertThat(start("start: closed_form", Map.of("start_from", path))).isEqualTo(expected);
        assertThat(start("start_from: " + path, Map.of("start", "zero"))).isEqualTo(LoraStart.ZERO);
        assertThat(start("start_from: '" + expected.toString().replaceAll(".*file=|]$", "") + "'", Map.of()))
                .isEqualTo(expected);
    }

    @Test
    void without_iterations_it_is_a_training_too() throws IOException {
        assertThat(start("train_iterations: 0\nstart_from: lora/tyankmk/tyankmk", Map.of()))
                .isInstanceOf(LoraStart.FromLora.class);
        assertThatThrownBy(() -> start("train_iterations: 0", Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(
                        "iterations is 0; expected 1 or more, or the method's start CLOSED_FORM or a LoRA");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "start_from: lora/x.safetensors => start_from is 'lora/x.safetensors'; expected a LoRA, but there is no",
                "start_from: lora/x => x.safetensors",
                "start_from: lora/krnkmd/krnkmd => which the training of krnkmd replaces; expected another file",
                "start: zero\\nstart_from: x => line 3: start_from is given beside start; expected one of them",
                "start_from: ' ' => line 2: start_from is ' '; expected the path of a LoRA",
                "start: x => expected one of zero, closed_form",
            },
            quoteCharacter = '~')
    void what_is_wrong_is_told(String yaml, String message) {
        assertThatThrownBy(() -> start(yaml.replace("\\n", "\n"), Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("krnkmd.yaml", message);
    }
}
