package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReporterTest {

    private final List<Message> told = new ArrayList<>();
    private long now;

    @Test
    void tells_of_an_iteration_a_second_and_of_the_last_one() {
        Reporter reporter = reporter(false);
        for (int iteration = 1; iteration <= 10; iteration++) {
            reporter.training("krnkmd", iteration(iteration));
            now += Duration.ofMillis(300).toNanos();
        }

        assertThat(iterations()).containsExactly(1, 5, 9, 10);
    }

    @Test
    void tells_of_all_iterations_if_all_are_wanted() {
        Reporter reporter = reporter(true);
        for (int iteration = 1; iteration <= 10; iteration++) {
            reporter.training("krnkmd", iteration(iteration));
        }

        assertThat(iterations()).hasSize(10);
    }

    @Test
    void tells_of_each_lora_and_of_everything_else() {
        Reporter reporter = reporter(false);
        reporter.training("krnkmd", iteration(1));
        reporter.training("tyankmk", iteration(1));
        reporter.training("krnkmd", new TrainingWarning("a warning"));
        reporter.training("krnkmd", new TrainingWarning("another"));

        assertThat(told).extracting(Message::key).containsExactly("krnkmd", "tyankmk", "krnkmd", "krnkmd");
        assertThat(told).allMatch(message -> message.run().equals("run") && message.attempt() == 2);
    }

    private Reporter reporter(boolean everyIteration) {
        return new Reporter(told::add, "run", 2, everyIteration, () -> now);
    }

    private List<Integer> iterations() {
        return told.stream()
                .map(message -> (Happening.Training) message.happening())
                .map(training -> ((IterationFinished) training.event()).iteration())
                .toList();
    }

    private static IterationFinished iteration(int number) {
        return new IterationFinished(number, 10, 0.5, 1, 1e-3, 1, Duration.ZERO);
    }
}
