package io.github.txt2lora.leco.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.leco.state.GapState;
import org.junit.jupiter.api.Test;

class GapWatchTest {

    private static final StopRule NEVER_ENOUGH = StopRule.gapBelow(1e-9);

    /** Every 10 iterations a gap, with the number of the iteration as the parameters. */
    private static GapWatch watch(StopRule rule, double... gaps) {
        var watch = new GapWatch(rule);
        for (double gap : gaps) {
            measure(watch, gap);
        }
        return watch;
    }

    private static double measure(GapWatch watch, double gap) {
        int last = watch.gaps().isEmpty()
                ? 0
                : watch.gaps().get(watch.gaps().size() - 1).iteration();
        return watch.add(last + 10, gap, new float[] {last + 10});
    }

    @Test
    void without_a_rule_nothing_is_measured() {
        assertThat(new GapWatch(StopRule.never()).isDue(10)).isFalse();
    }

    @Test
    void measures_at_multiples_of_the_interval_once() {
        var watch = new GapWatch(NEVER_ENOUGH.withEveryIterations(5));
        assertThat(watch.isDue(0)).isFalse();
        assertThat(watch.isDue(4)).isFalse();
        assertThat(watch.isDue(5)).isTrue();

        watch.add(5, 1, new float[0]);

        assertThat(watch.isDue(5)).isFalse();
        assertThat(watch.isDue(10)).isTrue();
    }

    @Test
    void two_measurements_in_a_row_are_averaged() {
        var watch = new GapWatch(NEVER_ENOUGH);

        assertThat(measure(watch, 1)).isEqualTo(1);
        assertThat(measure(watch, 0.5)).isEqualTo(0.75);
        assertThat(measure(watch, 0.25)).isEqualTo(0.375);
        assertThat(watch.gaps()).containsExactly(new Gap(10, 1), new Gap(20, 0.5), new Gap(30, 0.25));
    }

    @Test
    void the_smallest_average_is_the_best_and_of_equal_ones_the_first() {
        // averages: 1, 0.75, 0.5, 0.75, 0.5
        assertThat(watch(NEVER_ENOUGH, 1, 0.5, 0.5, 1, 0).best().orElseThrow().parameters())
                .containsExactly(30);
        assertThat(new GapWatch(NEVER_ENOUGH).best()).isEmpty();
    }

    @Test
    void a_small_average_is_enough() {
        var watch = watch(StopRule.gapBelow(0.5), 1, 0.2);
        assertThat(watch.isEnough()).isFalse();

        measure(watch, 0.6);

        assertThat(watch.isEnough()).isTrue();
    }

    @Test
    void it_is_enough_when_nothing_was_better_for_so_many_iterations() {
        // averages: 1, 0.75, 0.8, 0.95
        var watch = watch(StopRule.noBetterFor(20), 1, 0.5, 1.1);
        assertThat(watch.isEnough()).isFalse();

        measure(watch, 0.8);

        assertThat(watch.isEnough()).isTrue();
        assertThat(watch.best().orElseThrow().parameters()).containsExactly(20);
    }

    @Test
    void a_better_one_makes_it_wait_again() {
        // averages: 1, 1.5, 1.25, 0.75
        var watch = watch(StopRule.noBetterFor(30), 1, 2, 0.5, 1);

        assertThat(watch.isEnough()).isFalse();
        assertThat(watch.best().orElseThrow().parameters()).containsExactly(40);
    }

    @Test
    void either_of_two_ends_suffices() {
        StopRule both = StopRule.gapBelow(0.1).orNoBetterFor(10);

        assertThat(watch(both, 0.05).isEnough()).isTrue();
        assertThat(watch(both, 1, 2).isEnough()).isTrue();
        assertThat(watch(both, 1, 0.5).isEnough()).isFalse();
    }

    @Test
    void what_came_after_a_step_back_is_forgotten_but_not_the_best() {
        var watch = watch(StopRule.noBetterFor(30), 1, 0.5, 0.1);

        watch.fallBack(15);

        assertThat(watch.gaps()).containsExactly(new Gap(10, 1));
        assertThat(watch.best().orElseThrow().parameters()).containsExactly(30);
        assertThat(watch.isDue(20)).isTrue();
        assertThat(measure(watch, 0.8)).isEqualTo(0.9);
        assertThat(watch.best().orElseThrow().parameters()).containsExactly(30);
        assertThat(watch.isEnough()).isFalse();
    }

    @Test
    void after_a_step_back_to_before_all_measurements_it_goes_on() {
        var watch = watch(StopRule.noBetterFor(10), 0.5);

        watch.fallBack(0);

        assertThat(watch.isEnough()).isFalse();
        assertThat(watch.gaps()).isEmpty();
        measure(watch, 0.4);
        assertThat(watch.state().best())
                .isEqualTo(new GapState.Best(10, 0.4, watch.best().orElseThrow().parameters()));
    }

    @Test
    void where_nothing_is_learned_nothing_is_the_best() {
        var watch = watch(StopRule.gapBelow(0.5).orNoBetterFor(10), Double.NaN, Double.NaN, Double.NaN);

        assertThat(watch.best()).isEmpty();
        assertThat(watch.isEnough()).isFalse();
    }

    @Test
    void a_restored_watch_goes_on_as_the_one_that_gave_the_state() {
        StopRule rule = StopRule.noBetterFor(20);
        var first = watch(rule, 1, 0.5, 1.1);
        var second = new GapWatch(rule);

        second.restore(first.state());

        assertThat(second.gaps()).isEqualTo(first.gaps());
        assertThat(second.best().orElseThrow().parameters())
                .isEqualTo(first.best().orElseThrow().parameters());
        assertThat(second.isDue(30)).isFalse();
        assertThat(measure(second, 0.9)).isEqualTo(measure(first, 0.9));
        assertThat(second.isEnough()).isEqualTo(first.isEnough()).isTrue();
    }
}
