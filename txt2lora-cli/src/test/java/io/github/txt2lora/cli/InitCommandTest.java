package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InitCommandTest {

    @TempDir
    private Path folder;

    @Test
    void the_demo_is_ready_to_be_trained() {
        CommandRun run = CommandRun.of("init", "--demo", folder.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Next: txt2lora train " + folder);
        Workspace workspace = Workspace.open(folder);
        LoraProject project = workspace.load("krnkmd");
        assertThat(workspace.training(project).model())
                .isEqualTo(ModelSource.file(workspace.modelFolder().resolve("chibi.safetensors")));
        assertThat(project.prompts()).extracting(PromptPair::target).containsExactly("krnkmd");
    }

    @Test
    void without_the_demo_the_files_are_right_and_say_where_the_model_goes() throws IOException {
        CommandRun run = CommandRun.of("init", folder.toString(), "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.result().get("files")).hasSize(2);
        assertThat(Workspace.open(folder).load("krnkmd").prompts()).hasSize(1);
        assertThat(Files.readString(folder.resolve("config").resolve("krnkmd.yaml")))
                .contains("put its file into the folder model/");
        assertThat(folder.resolve("model")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--demo"})
    void the_files_leave_to_the_training_what_it_finds(String option) {
        String[] arguments = Stream.of("init", option, folder.toString())
                .filter(argument -> !argument.isEmpty())
                .toArray(String[]::new);

        assertThat(CommandRun.of(arguments).exitCode()).isZero();
        assertThat(Workspace.open(folder).load("krnkmd").settings().spec())
                .isEqualTo(TrainingSpec.builder().build());
    }

    @Test
    void what_is_there_stays_unless_force_is_given() throws IOException {
        Path prompts = Files.createDirectory(folder.resolve("prompts")).resolve("krnkmd.yaml");
        Files.writeString(prompts, "mine");

        CommandRun refused = CommandRun.of("init", folder.toString());

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).hasLineCount(1).contains(prompts.toString(), "--force");
        assertThat(prompts).hasContent("mine");
        assertThat(folder.resolve("config").resolve("krnkmd.yaml")).doesNotExist();

        assertThat(CommandRun.of("init", folder.toString(), "--force").exitCode())
                .isZero();
        assertThat(Files.readString(prompts)).contains("krnkmd");
    }
}
