package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class TrainedLoraTest {

    private static TrainedLora with(double... losses) {
        return new TrainedLora(
                Path.of("lora", "a.safetensors"),
                "a",
                losses.length,
                DoubleStream.of(losses).boxed().toList(),
                Map.of(),
                Optional.empty(),
                0,
                Duration.ofSeconds(90),
                List.of());
    }

    @Test
    void compares_the_mean_of_the_first_and_the_last_tenth() {
        double[] losses = new double[20];
        losses[0] = 4;
        losses[1] = 2;
        losses[18] = 1;
        losses[19] = 0.5;

        assertThat(with(losses).firstLoss()).isEqualTo(3);
        assertThat(with(losses).lastLoss()).isEqualTo(0.75);
    }

    @Test
    void short_trainings_have_losses_too() {
        assertThat(with(4, 2).firstLoss()).isEqualTo(4);
        assertThat(with(4, 2).lastLoss()).isEqualTo(2);
        assertThat(with().firstLoss()).isNaN();
        assertThat(with().lastLoss()).isNaN();
    }

    @Test
    void keeps_metadata_in_the_order_of_the_file_and_unchangeable() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("z", "1");
        metadata.put("a", "2");
        List<String> warnings = new ArrayList<>(List.of("w"));
        TrainedLora lora = new TrainedLora(
                Path.of("a"), "a", 1, List.of(1.0), metadata, Optional.empty(), 0, Duration.ZERO, warnings);

        metadata.put("b", "3");
        warnings.clear();

        assertThat(lora.metadata().keySet()).containsExactly("z", "a");
        assertThat(lora.warnings()).containsExactly("w");
        assertThatThrownBy(() -> lora.metadata().put("b", "3")).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void prints_on_one_short_line() {
        assertThat(with(new double[1000]).toString())
                .contains("name=a, iterations=1000, firstLoss=0.00000", "duration=PT1M30S")
                .hasSizeLessThan(200);
    }

    @Test
    void progress_is_a_share_of_the_iterations() {
        assertThat(new TrainingProgress(0, 500, Double.NaN, 0, Optional.empty()).fraction())
                .isZero();
        assertThat(new TrainingProgress(125, 500, 0.1, 2, Optional.of(Duration.ofSeconds(188))).fraction())
                .isEqualTo(0.25);
    }

    @Test
    void only_ends_are_terminal() {
        assertThat(JobState.values())
                .filteredOn(JobState::isTerminal)
                .containsExactly(JobState.FINISHED, JobState.CANCELLED, JobState.FAILED);
    }
}
