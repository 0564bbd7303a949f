package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class TrainCommandTest {

    private static final String DEMO_CHECKPOINT = "/io/github/txt2lora/demo/chibi.safetensors";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void trains_as_a_leco_configuration_says() throws IOException {
        Path config = trainable();

        int exitCode = execute("train", config.toString(), "--device", "cpu", "--threads", "1");

        assertThat(exitCode).as(err.toString()).isZero();
        Path lora = folder.resolve("loras").resolve("krnkmd.safetensors");
        assertThat(lora).isNotEmptyFile();
        assertThat(out.toString()).hasLineCount(1).contains(lora + ": 2 iterations, loss ");
        assertThat(err.toString())
                .contains("chibi.safetensors: Stable Diffusion 1.x, loaded in ")
                .contains("2/2")
                .doesNotContain("\r", "\u001b");
    }

    @Test
    void output_takes_the_place_of_the_configured_folder() throws IOException {
        Path elsewhere = folder.resolve("elsewhere");

        int exitCode = execute("train", trainable().toString(), "--device=cpu", "--output=" + elsewhere);

        assertThat(exitCode).as(err.toString()).isZero();
        assertThat(elsewhere.resolve("krnkmd.safetensors")).exists();
        assertThat(folder.resolve("loras")).doesNotExist();
    }

    @Test
    void a_failure_is_one_sentence_and_exit_code_1() {
        int exitCode = execute("train", folder.resolve("none.yaml").toString());

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString()).hasLineCount(1).startsWith("Error: ").contains("none.yaml");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void stacktrace_adds_the_stack_trace() {
        int exitCode = execute("train", folder.resolve("none.yaml").toString(), "--stacktrace");

        assertThat(exitCode).isEqualTo(1);
        assertThat(err.toString()).startsWith("Error: ").contains("InvalidSettingException", "\tat io.github.txt2lora");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"train", "", "train a.yaml --device=tpu", "train a.yaml --threads=-1", "train a.yaml --lr=1"})
    void a_wrong_command_line_is_exit_code_2(String line) {
        int exitCode = execute(line.isEmpty() ? new String[0] : line.split(" ", -1));

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString()).contains("Usage: txt2lora").doesNotContain("\tat ");
    }

    @Test
    void an_unknown_device_is_explained() {
        execute("train", "a.yaml", "--device=tpu");

        assertThat(err.toString()).contains("device is \"tpu\"; expected auto, cpu, cuda or cuda:0");
    }

    @Test
    void help_documents_options_and_exit_codes() {
        assertThat(execute("train", "--help")).isZero();

        assertThat(out.toString())
                .contains("--device", "--threads", "--output", "--stacktrace", "Exit codes:")
                .containsPattern("(?m)^ +0 +The LoRA was trained")
                .containsPattern("(?m)^ +1 +The training failed")
                .containsPattern("(?m)^ +2 +The command line is wrong")
                .containsPattern("(?m)^ +130 +Ended by Ctrl-C");
    }

    private int execute(String... args) {
        CommandLine commandLine = Txt2LoraCommand.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(args);
    }

    /** A configuration with everything it needs beside it. */
    private Path trainable() throws IOException {
        try (InputStream checkpoint = Objects.requireNonNull(getClass().getResourceAsStream(DEMO_CHECKPOINT))) {
            Files.copy(checkpoint, folder.resolve("chibi.safetensors"));
        }
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
