package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.event.TrainingStarted;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ConsoleProgress progress =
            new ConsoleProgress(new PrintStream(output, true, StandardCharsets.UTF_8), false);

    @Test
    void prints_twenty_plain_lines_into_a_pipe() {
        runIterations(100);

        assertThat(printed()).hasLineCount(20).doesNotContain("\r", "\u001b");
        assertThat(printed().lines()).first().isEqualTo("krnkmd: 5 of 100 iterations, loss 0.0500, 95 s left");
        assertThat(printed().lines()).last().isEqualTo("krnkmd: 100 of 100 iterations, loss 1.0000, 0 s left");
    }

    @Test
    void prints_a_line_for_each_iteration_of_a_short_training() {
        runIterations(3);

        assertThat(printed()).hasLineCount(3);
    }

    @Test
    void prints_what_the_training_has_chosen() {
        start();
        progress.onEvent(new SettingsChosen(250, 1e-3, "Chosen: learning rate 0.0010"));

        assertThat(printed().lines()).containsExactly("krnkmd: Chosen: learning rate 0.0010");
    }

    private void runIterations(int iterations) {
        start();
        for (int i = 1; i <= iterations; i++) {
            progress.onEvent(
                    new IterationFinished(i, iterations, i * 0.01, 1, 1e-3, 1, Duration.ofSeconds(iterations - i)));
        }
    }

    private void start() {
        progress.onEvent(new TrainingStarted(LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.file(Path.of("any.safetensors")))
                .prompt(PromptPair.enhance("krnkmd").positive("maid").build())
                .output(Path.of("any"))
                .build()));
    }

    private String printed() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
