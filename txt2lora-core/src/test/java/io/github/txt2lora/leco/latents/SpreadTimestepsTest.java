package io.github.txt2lora.leco.latents;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpreadTimestepsTest {

    @Test
    void each_lies_at_the_same_place_in_its_part_of_the_range() {
        assertThat(SpreadTimesteps.at(0, 4, TimestepRange.all())).containsExactly(0, 250, 500, 750);
        assertThat(SpreadTimesteps.at(0.5, 4, TimestepRange.all())).containsExactly(125, 375, 625, 875);
        assertThat(SpreadTimesteps.at(0.5, 2, TimestepRange.of(100, 199))).containsExactly(125, 175);
    }

    @ParameterizedTest
    @CsvSource({"0, 999", "0, 0", "999, 999", "500, 502", "1, 998"})
    void none_leaves_the_range_whatever_the_offset(int minimum, int maximum) {
        TimestepRange range = TimestepRange.of(minimum, maximum);
        double last = Math.nextDown(1.0);
        for (int count = 1; count <= 9; count++) {
            for (double offset : new double[] {0, 0.1, 0.5, 0.999, last}) {
                assertThat(Arrays.stream(SpreadTimesteps.at(offset, count, range)))
                        .hasSize(count)
                        .allMatch(range::contains);
            }
        }
        assertThat(SpreadTimesteps.at(0, 1, range)).containsExactly(minimum);
        assertThat(SpreadTimesteps.at(last, 1, range)).containsExactly(maximum);
    }

    @Test
    void every_timestep_is_as_likely_as_any_other() {
        TimestepRange range = TimestepRange.of(10, 13);
        int[] counts = new int[4];
        for (int i = 0; i < 4000; i++) {
            counts[(int) SpreadTimesteps.at(i / 4000.0, 1, range)[0] - 10]++;
        }
        assertThat(counts).containsOnly(1000);
    }

    @Test
    void one_random_number_decides_on_all() {
        var drawn = new TorchGenerator(3);
        var expected = new TorchGenerator(3);

        double[] timesteps = SpreadTimesteps.draw(drawn, 5, TimestepRange.all());

        assertThat(timesteps).isEqualTo(SpreadTimesteps.at(expected.uniformDouble(), 5, TimestepRange.all()));
        assertThat(drawn.state()).isEqualTo(expected.state());
    }

    @Test
    void offsets_of_however_many_batches_fill_the_range_evenly() {
        for (int batches : new int[] {4, 16, 100}) {
            double[] offsets = IntStream.range(0, batches)
                    .mapToDouble(SpreadTimesteps::offset)
                    .sorted()
                    .toArray();
            assertThat(Arrays.stream(offsets)).allMatch(offset -> offset >= 0 && offset < 1);
            double widest = IntStream.range(1, batches)
                    .mapToDouble(i -> offsets[i] - offsets[i - 1])
                    .max()
                    .orElseThrow();
            assertThat(widest).as(Arrays.toString(offsets)).isLessThan(2.7 / batches);
        }
    }
}
