package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingsTest {

    @TempDir
    private Path folder;

    private Workspace workspace;

    @BeforeEach
    void createWorkspace() throws IOException {
        workspace = Workspace.create(folder.resolve("workspace"));
        Files.writeString(workspace.modelFolder().resolve("tiny.safetensors"), "a model");
        Files.writeString(
                workspace.promptsFolder().resolve("krnkmd.yaml"), "- target: a\n  action: enhance\n  positive: b\n");
    }

    private Optional<Path> embeddings(String yaml, Map<String, String> settings) throws IOException {
        Files.writeString(workspace.configFile("krnkmd"), "model_name: tiny\n" + yaml + "\n");
        Workspace changed = workspace.withSettings(settings);
        return changed.training(changed.load("krnkmd")).spec().modelUse().embeddings();
    }

    @Test
    void folder_of_the_workspace_is_found_without_a_setting() throws IOException {
        assertThat(embeddings("", Map.of())).isEmpty();

        Files.createDirectory(workspace.embeddingsFolder());
        assertThat(embeddings("", Map.of())).contains(workspace.embeddingsFolder());
    }

    @Test
    void another_folder_counts_from_the_workspace() throws IOException {
        Files.createDirectory(workspace.embeddingsFolder());
        Path shared = Files.createDirectory(folder.resolve("shared"));

        assertThat(embeddings("embeddings: ../shared", Map.of())).contains(shared);
        assertThat(embeddings("embeddings: '" + shared + "'", Map.of())).contains(shared);
        assertThat(embeddings("", Map.of("embeddings", "../shared"))).contains(shared);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "embeddings: shared => embeddings is 'shared'; expected a folder, but there is no",
                "embeddings: model/tiny.safetensors => tiny.safetensors is a file",
                "embeddings: ' ' => line 2: embeddings is ' '; expected the path of a folder",
            },
            quoteCharacter = '~')
    void what_is_wrong_is_told(String yaml, String message) {
        assertThatThrownBy(() -> embeddings(yaml, Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("krnkmd.yaml", message);
    }

    @Test
    void a_configuration_takes_the_folder_from_the_command_line() throws IOException {
        Path shared = Files.createDirectory(folder.resolve("shared"));
        Path config = Files.writeString(folder.resolve("config.yaml"), """
                prompts_file: workspace/prompts/krnkmd.yaml
                pretrained_model:
                  name_or_path: workspace/model/tiny.safetensors
                """);

        assertThat(LecoConfigFile.read(config, Map.of("embeddings", "shared"))
                        .toTraining()
                        .spec()
                        .modelUse()
                        .embeddings())
                .contains(shared);
        assertThatThrownBy(() -> LecoConfigFile.read(config, Map.of("embeddings", "nowhere"))
                        .toTraining())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("embeddings is 'nowhere'; expected a folder");
    }
}
