package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void speed_is_the_mean_of_the_first_iterations() {
        var pace = new Pace(10);
        assertThat(pace.iterationsPerSecond()).isZero();
        pace.start(100 * SECOND, 0, Duration.ZERO);
        pace.iterationDone(101 * SECOND);
        pace.iterationDone(104 * SECOND);

        assertThat(pace.iterationsPerSecond()).isEqualTo(0.5, within(1e-9));
        assertThat(pace.remaining()).isEqualTo(Duration.ofSeconds(16));
        assertThat(pace.elapsed(105 * SECOND)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void pauses_do_not_count() {
        var pace = new Pace(2);
        pace.start(0, 0, Duration.ZERO);
        pace.pause(1 * SECOND);
        assertThat(pace.elapsed(50 * SECOND)).isEqualTo(Duration.ofSeconds(1));
        pace.resume(100 * SECOND);
        pace.iterationDone(101 * SECOND);

        assertThat(pace.iterationsPerSecond()).isEqualTo(0.5, within(1e-9));
        assertThat(pace.elapsed(101 * SECOND)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void pause_before_the_start_does_not_count() {
        var pace = new Pace(1);
        pace.pause(0);
        pace.resume(10 * SECOND);
        pace.start(20 * SECOND, 0, Duration.ZERO);

        assertThat(pace.elapsed(21 * SECOND)).isEqualTo(Duration.ofSeconds(1));
    }
}
