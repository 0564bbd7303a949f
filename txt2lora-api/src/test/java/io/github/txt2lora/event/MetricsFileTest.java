package io.github.txt2lora.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.job.EventQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsFileTest {

    @TempDir
    Path folder;

    private static IterationFinished iteration(int number, double loss) {
        return new IterationFinished(number, 9, loss, 2, 0.5, 4, Duration.ZERO);
    }

    @Test
    void csv_has_one_header_and_a_resumed_training_continues_in_it() throws IOException {
        Path file = folder.resolve("m.csv");
        MetricsFile.at(file).listener("a,\"b").onEvent(iteration(1, 0.25));
        MetricsFile.at(file).listener("c").onEvent(new GapMeasured(1, 0.5, 0.75));

        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "name,iteration,iterations,loss,gradient_norm,learning_rate,iterations_per_second,gap,"
                                + "smoothed_gap",
                        "\"a,\"\"b\",1,9,0.25,2.0,0.5,4.0,,",
                        "c,1,,,,,,0.5,0.75");
    }

    @Test
    void line_cut_off_by_a_crash_is_removed() throws IOException {
        Path file = folder.resolve("m.jsonl");
        Files.writeString(file, "{\"name\":\"a\"}\n{\"name");
        MetricsFile.at(file).listener("a\"\n").onEvent(iteration(2, Double.NaN));

        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"name\":\"a\"}",
                        "{\"name\":\"a\\\"\\u000a\",\"iteration\":2,\"iterations\":9,\"loss\":null,"
                                + "\"gradient_norm\":2.0,\"learning_rate\":0.5,\"iterations_per_second\":4.0}");
    }

    @Test
    void failure_is_told_once_and_later_lines_are_written() throws IOException {
        Path file = folder.resolve("m.jsonl");
        TrainingListener listener = MetricsFile.at(file).listener("a");
        Files.createDirectory(file);
        assertThatThrownBy(() -> listener.onEvent(iteration(1, 1))).isInstanceOf(StorageException.class);
        assertThatCode(() -> listener.onEvent(iteration(2, 1))).doesNotThrowAnyException();
        Files.delete(file);
        listener.onEvent(iteration(3, 1));

        assertThat(Files.readAllLines(file)).singleElement().asString().contains("\"iteration\":3");
    }

    @ParameterizedTest
    @CsvSource({"m.csv, 'epoch,loss'", "m.jsonl, [1]", "m.csv, name", "m.jsonl, x"})
    void file_of_another_program_is_refused_and_stays(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, content + "\n");

        assertThatThrownBy(() -> MetricsFile.at(file))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("holds something else");
        assertThat(file).hasContent(content);
    }

    @Test
    void header_that_was_cut_off_by_a_crash_is_written_again() throws IOException {
        Path file = folder.resolve("m.csv");
        Files.writeString(file, "name,itera");
        MetricsFile.at(file).listener("a").onEvent(iteration(1, 1));

        assertThat(Files.readAllLines(file)).hasSize(2).first().asString().startsWith("name,iteration,");
    }

    @Test
    void rejects_folders_and_files_in_folders_that_are_not_there() throws IOException {
        Path inNone = folder.resolve("none").resolve("m.csv");
        assertThatThrownBy(() -> MetricsFile.at(inNone)).hasMessageContaining("a file in a folder that exists");
        Path aFolder = Files.createDirectory(folder.resolve("f.csv"));
        assertThatThrownBy(() -> MetricsFile.at(aFolder)).hasMessageContaining("a file, not a folder");
    }

    @Test
    void rejects_other_formats() {
        assertThatThrownBy(() -> MetricsFile.at(Path.of("m.txt")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(".csv or .jsonl");
    }

    @Test
    void waiting_iterations_reach_only_the_listener_that_wants_every_one() throws IOException {
        Path file = folder.resolve("m.jsonl");
        List<TrainingEvent> seen = new ArrayList<>();
        TrainingListener other = new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                seen.add(event);
            }
        };
        List<Runnable> held = new ArrayList<>();
        EventQueue queue =
                new EventQueue(List.of(MetricsFile.at(file).listener("a"), other), held::add, (event, failure) -> {});
        for (int i = 1; i <= 5; i++) {
            queue.publish(iteration(i, 1));
        }
        held.forEach(Runnable::run);

        assertThat(Files.readAllLines(file)).hasSize(5);
        assertThat(seen).containsExactly(iteration(5, 1));
    }
}
