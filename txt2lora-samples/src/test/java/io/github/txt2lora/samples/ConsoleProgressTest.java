package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.event.IterationFinished;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
        assertThat(printed().lines()).first().isEqualTo("5 of 100 iterations, loss 0.0500, 95 s left");
        assertThat(printed().lines()).last().isEqualTo("100 of 100 iterations, loss 1.0000, 0 s left");
    }

    @Test
    void prints_a_line_for_each_iteration_of_a_short_training() {
        runIterations(3);

        assertThat(printed()).hasLineCount(3);
    }

    private void runIterations(int iterations) {
        for (int i = 1; i <= iterations; i++) {
            progress.onEvent(
                    new IterationFinished(i, iterations, i * 0.01, 1, 1e-3, 1, Duration.ofSeconds(iterations - i)));
        }
    }

    private String printed() {
        return output.toString(StandardCharsets.UTF_8);
    }
}
