package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceCheckTest {

    @TempDir
    private Path folder;

    @Test
    void a_cpu_is_compared_with_itself_and_a_workspace_measured_on_it() {
        CommandRun.of("init", "--demo", folder.toString());

        CommandRun run = CommandRun.of("check", "--device", "cpu", "--threads", "1", folder.toString(), "--json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        JsonNode result = run.result();
        assertThat(result.get("passed").asBoolean()).isTrue();
        assertThat(result.get("device").asText()).isEqualTo("cpu");
        assertThat(result.get("checks").findValuesAsText("check"))
                .contains("PyTorch", "text encoder in FP16", "UNet in FP32", "VAE in BF16", "loss of iteration 1")
                .contains("two equal trainings", "training of krnkmd");
        JsonNode unet = check(result, "UNet in FP32");
        assertThat(unet.get("measured").asText()).startsWith("relative error ");
        assertThat(unet.get("allowed").asText()).isEqualTo("at most 1e-3");
        assertThat(unet.get("remedy").isNull()).isTrue();
        JsonNode training = result.get("trainings").get(0);
        assertThat(training.get("name").asText()).isEqualTo("krnkmd");
        assertThat(training.get("resolution").asInt()).isEqualTo(96);
        assertThat(training.get("secondsPerIteration").asDouble()).isPositive();
        assertThat(training.get("trainingSeconds").asLong()).isPositive();
    }

    private static JsonNode check(JsonNode result, String name) {
        for (JsonNode check : result.get("checks")) {
            if (check.get("check").asText().equals(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + result);
    }

    @Test
    void a_device_that_is_not_there_fails_with_what_to_do() {
        CommandRun run = CommandRun.of("check", "--device", "cuda:99");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("FAILED", "cuda:99", "NVIDIA driver").containsPattern("1 of \\d+ checks failed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "check --resolution 512 | --device too",
                "check --deterministic | --device too",
                "check --device cpu --precision BF16 | --model too",
                "check --device cpu --all | a workspace too",
                "check --device gpu | device",
                "check --device cpu --model nothing.safetensors | nothing.safetensors",
            })
    void options_without_an_effect_are_mistakes(String line, String expected) {
        CommandRun run = CommandRun.of(List.of(line.split(" ")).toArray(String[]::new));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(expected);
    }
}
