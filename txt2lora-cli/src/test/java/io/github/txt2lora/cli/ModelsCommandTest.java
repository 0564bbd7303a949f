package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsCommandTest {

    @TempDir
    private Path folder;

    @Test
    void lists_what_each_model_is_or_why_it_cannot_be_used() throws IOException {
        Path models = Workspace.create(folder).modelFolder();
        DemoCheckpoint.copyTo(models);
        Files.writeString(models.resolve("login.safetensors"), "<html>");

        CommandRun run = CommandRun.of("models", folder.toString(), "--sha");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("chibi: Stable Diffusion 1.x", "21.0 MiB")
                .containsPattern("SHA-256 [0-9a-f]{64}")
                .contains("login: cannot be used: ");
    }

    @Test
    void tells_the_same_to_machines() throws IOException {
        DemoCheckpoint.copyTo(Workspace.create(folder).modelFolder());

        JsonNode model = CommandRun.of("models", folder.toString(), "--json")
                .result()
                .get("models")
                .get(0);

        assertThat(model.get("name").asText()).isEqualTo("chibi");
        assertThat(model.get("family").asText()).isEqualTo("Stable Diffusion 1.x");
        assertThat(model.get("bytes").asLong()).isEqualTo(22_022_886);
        assertThat(model.get("sha256").isNull()).isTrue();
        assertThat(model.get("problem").isNull()).isTrue();
    }

    @Test
    void a_folder_that_is_no_workspace_is_refused() {
        CommandRun run = CommandRun.of("models", folder.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("is no workspace");
    }
}
