package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.PreviewSpec;
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

    @Test
    void previews_count_in_the_time_and_not_in_the_speed() {
        var pace = new Pace(10, PreviewSpec.every(2).toBuilder().mostShare(1).build());
        pace.start(0, 0, Duration.ZERO);
        pace.iterationDone(1 * SECOND);
        pace.iterationDone(2 * SECOND);
        assertThat(pace.hasTimeForPreview(2 * SECOND)).isTrue();
        pace.previewDrawn(Duration.ofSeconds(3));
        pace.iterationDone(6 * SECOND);

        assertThat(pace.iterationsPerSecond()).isEqualTo(1, within(1e-9));
        assertThat(pace.elapsed(6 * SECOND)).isEqualTo(Duration.ofSeconds(6));
        // 7 iterations and the previews after 4, 6, 8 and 10
        assertThat(pace.remaining()).isEqualTo(Duration.ofSeconds(7 + 4 * 3));
    }

    @Test
    void previews_take_no_more_than_their_share() {
        var pace = new Pace(200, PreviewSpec.every(1).toBuilder().mostShare(0.1).build());
        long now = 0;
        int previews = 0;
        pace.start(now, 0, Duration.ofHours(1));
        for (int i = 0; i < 200; i++) {
            now += SECOND;
            pace.iterationDone(now);
            if (pace.hasTimeForPreview(now)) {
                now += 2 * SECOND;
                previews++;
                pace.previewDrawn(Duration.ofSeconds(2));
            }
            if (i == 99) {
                assertThat(pace.remaining()).isBetween(Duration.ofSeconds(108), Duration.ofSeconds(114));
            }
        }

        // 22 of 222 seconds
        assertThat(previews).isEqualTo(11);
        assertThat(pace.remaining()).isZero();
    }
}
