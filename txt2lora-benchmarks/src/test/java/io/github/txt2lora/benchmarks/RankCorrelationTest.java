package io.github.txt2lora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class RankCorrelationTest {

    @Test
    void only_the_order_counts() {
        assertThat(RankCorrelation.of(List.of(1.0, 2.0, 3.0), List.of(5.0, 6.0, 700.0)))
                .isEqualTo(1);
        assertThat(RankCorrelation.of(List.of(1.0, 2.0, 3.0), List.of(7.0, 6.0, -5.0)))
                .isEqualTo(-1);
    }

    @Test
    void two_that_are_exchanged_lower_it() {
        // 1 - 6 * 2 / (4 * 15)
        assertThat(RankCorrelation.of(List.of(1.0, 2.0, 3.0, 4.0), List.of(1.0, 2.0, 4.0, 3.0)))
                .isCloseTo(0.8, within(1e-12));
    }
}
