package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {

    @TempDir
    private Path folder;

    @Test
    void trains_as_a_leco_configuration_says() throws IOException {
        Path config = trainable();

        CommandRun run = CommandRun.of("train", config.toString(), "--device", "cpu", "--threads", "1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        Path lora = folder.resolve("loras").resolve("krnkmd.safetensors");
        assertThat(lora).isNotEmptyFile();
        assertThat(run.out()).hasLineCount(1).contains(lora + ": 2 iterations, loss ");
        assertThat(run.err())
                .contains("chibi.safetensors: Stable Diffusion 1.x, loaded in ")
                .contains("2/2")
                .doesNotContain("\r", "\u001b");
    }

    @Test
    void json_tells_every_iteration_and_the_result_on_lines_of_their_own() throws IOException {
        CommandRun run = CommandRun.of("train", trainable().toString(), "--device=cpu", "--threads=1", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        List<JsonNode> lines = run.json();
        assertThat(lines.stream().map(line -> line.get("event").asText()))
                .startsWith("modelLoaded")
                .contains("iteration")
                .endsWith("result");
        JsonNode result = lines.get(lines.size() - 1);
        assertThat(result.get("iterations").asInt()).isEqualTo(2);
        assertThat(Path.of(result.get("file").asText())).exists();
        assertThat(run.err()).isEmpty();
    }

    @Test
    void a_damaged_model_is_exit_code_1_and_the_last_line_of_json() throws IOException {
        Path config = trainable();
        Files.writeString(folder.resolve("chibi.safetensors"), "<html>");

        CommandRun run = CommandRun.of("train", config.toString(), "--device=cpu", "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        JsonNode error = run.result();
        assertThat(error.get("event").asText()).isEqualTo("error");
        assertThat(error.get("exitCode").asInt()).isEqualTo(1);
        assertThat(error.get("message").asText()).contains("chibi.safetensors");
    }

    @Test
    void output_takes_the_place_of_the_configured_folder_and_metrics_and_previews_come_into_files() throws IOException {
        Path elsewhere = folder.resolve("elsewhere");
        Path metrics = folder.resolve("metrics.jsonl");

        CommandRun run = CommandRun.of(
                "train",
                trainable().toString(),
                "--device=cpu",
                "--output=" + elsewhere,
                "--metrics=" + metrics,
                "--preview-every=1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(metrics).content().contains("\"iteration\":1,", "\"iteration\":2,");
        assertThat(elsewhere.resolve("krnkmd.safetensors")).exists();
        assertThat(elsewhere.resolve("preview/krnkmd-000001-0.png")).exists();
        assertThat(run.err()).contains("Preview after 1 iteration: ");
        assertThat(folder.resolve("loras")).doesNotExist();
    }

    @Test
    void a_wrong_setting_is_one_sentence_and_exit_code_2() {
        CommandRun run = CommandRun.of("train", folder.resolve("none.yaml").toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).startsWith("Error: ").contains("none.yaml");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void stacktrace_adds_the_stack_trace() {
        CommandRun run = CommandRun.of("train", folder.resolve("none.yaml").toString(), "--stacktrace");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Error: ").contains("InvalidSettingException", "\tat io.github.txt2lora");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "train a.yaml --device=tpu", "train a.yaml --threads=-1", "train a.yaml --lr=1"})
    void a_wrong_command_line_is_exit_code_2(String line) {
        CommandRun run = CommandRun.of(line.isEmpty() ? new String[0] : line.split(" ", -1));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Error: ").contains("See: txt2lora").doesNotContain("Usage:", "\tat ");
    }

    @Test
    void an_unknown_device_is_explained() {
        CommandRun run = CommandRun.of("train", "a.yaml", "--device=tpu");

        assertThat(run.err()).contains("device is \"tpu\"; expected auto, cpu, cuda or cuda:0");
    }

    @Test
    void help_documents_options_and_exit_codes() {
        CommandRun run = CommandRun.of("train", "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("--device", "--threads", "--output", "--stacktrace", "Exit codes:")
                .containsPattern("(?m)^ +0 +All LoRAs are trained")
                .containsPattern("(?m)^ +1 +The training of at least one LoRA failed")
                .containsPattern("(?m)^ +2 +The command line or a setting is wrong")
                .containsPattern("(?m)^ +130 +Stopped by Ctrl-C");
    }

    /** A configuration with everything it needs beside it. */
    private Path trainable() throws IOException {
        DemoCheckpoint.copyTo(folder);
        Files.writeString(folder.resolve("prompts.yaml"), """
                - target: krnkmd
                  positive: maid uniform,cat ears,black hair
                  neutral: 1girl
                  action: enhance
                  resolution: 64
                """);
        return Files.writeString(folder.resolve("config.yaml"), """
                prompts_file: prompts.yaml
                pretrained_model:
                  name_or_path: chibi.safetensors
                train:
                  precision: float32
                  iterations: 2
                  max_denoising_steps: 3
                save:
                  name: krnkmd
                  path: loras
                """);
    }
}
