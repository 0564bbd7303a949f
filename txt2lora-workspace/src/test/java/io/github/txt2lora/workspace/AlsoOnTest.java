package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The models that a LoRA is trained on beside the first. */
class AlsoOnTest {

    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void createWorkspace() throws IOException {
        workspace = Workspace.create(folder.resolve("workspace"));
        for (String name : List.of("tiny", "other")) {
            Files.writeString(workspace.modelFolder().resolve(name + ".safetensors"), name);
        }
        Files.writeString(folder.resolve("third.safetensors"), "third");
        Files.createDirectories(workspace.modelFolder().resolve("diffusers"));
        Files.writeString(
                workspace.promptsFolder().resolve("krnkmd.yaml"), "- target: a\n  action: enhance\n  positive: b\n");
    }

    private List<ModelSource> models(String yaml, Map<String, String> settings) throws IOException {
        Files.writeString(workspace.configFile("krnkmd"), "model_name: tiny\n" + yaml + "\n");
        Workspace changed = workspace.withSettings(settings);
        return changed.training(changed.load("krnkmd")).models();
    }

    private ModelSource named(String name) {
        return ModelSource.file(workspace.modelFolder().resolve(name + ".safetensors"));
    }

    @Test
    void names_and_paths_are_found() throws IOException {
        ModelSource third = ModelSource.file(folder.resolve("third.safetensors"));

        assertThat(models("also_on: [other, ../third, diffusers]", Map.of()))
                .containsExactly(
                        named("tiny"),
                        named("other"),
                        third,
                        ModelSource.folder(workspace.modelFolder().resolve("diffusers")));
        assertThat(models("also_on: other.safetensors", Map.of())).containsExactly(named("tiny"), named("other"));
        assertThat(models("", Map.of("also_on", "[../third.safetensors, other]")))
                .containsExactly(named("tiny"), third, named("other"));
        assertThat(models("also_on: []", Map.of())).containsExactly(named("tiny"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "also_on: [x] => also_on has 'x', but there is no ",
                "also_on: [../x] => x.safetensors",
                "also_on: [other, other] => also_on has 'other', which is there already; expected another model",
                "also_on: [tiny] => also_on has 'tiny', which is there already",
                "also_on: [./model/tiny] => which is there already",
                "also_on: [' '] => line 2: also_on is ' '; expected the name of a model in the folder model, or a path",
                "also_on: {a: b} => line 2: also_on must be a list of single values",
                "also_onn: [other] => line 2: also_onn is unknown; did you mean also_on?",
            },
            quoteCharacter = '~')
    void what_is_wrong_is_told(String yaml, String message) {
        assertThatThrownBy(() -> models(yaml, Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("krnkmd.yaml", message);
    }
}
