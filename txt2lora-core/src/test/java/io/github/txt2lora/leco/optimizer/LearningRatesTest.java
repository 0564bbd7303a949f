package io.github.txt2lora.leco.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LearningRateSchedule.CosineWithRestarts;
import io.github.txt2lora.LearningRateSchedule.Linear;
import io.github.txt2lora.LearningRateSchedule.Step;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LearningRatesTest {

    @Test
    void constant_stays() {
        assertThat(rates(LearningRateSchedule.constant(), 5, 0)).containsExactly(2, 2, 2, 2, 2);
    }

    @Test
    void linear_falls_by_equal_amounts() {
        assertRates(rates(LearningRateSchedule.linear(), 4, 0), 2, 1.5, 1, 0.5);
        assertRates(rates(new Linear(0.5), 4, 0), 2, 1.75, 1.5, 1.25);
    }

    @Test
    void cosine_is_half_way_in_the_middle() {
        LearningRates rates = new LearningRates(LearningRateSchedule.cosine(), 2, 10, 0);

        assertThat(rates.at(0)).isEqualTo(2);
        assertThat(rates.at(5)).isCloseTo(1.01, within(1e-12));
        assertThat(rates.at(9)).isBetween(0.02, 0.1);
    }

    @Test
    void restarts_return_to_the_full_rate_after_cycles_that_grow() {
        double[] rates = rates(new CosineWithRestarts(0, 2, 3), 27, 0);

        int[] full = IntStream.range(0, rates.length).filter(i -> rates[i] == 2).toArray();
        assertThat(full).containsExactly(0, 2, 8, 26);
    }

    @Test
    void restarts_with_equal_cycles_repeat() {
        double[] rates = rates(new CosineWithRestarts(0, 3, 1), 9, 0);

        assertThat(rates[0]).isEqualTo(2);
        assertThat(rates[1]).isEqualTo(rates[4]).isEqualTo(rates[7]);
    }

    @Test
    void first_cycle_has_at_least_one_iteration_in_short_trainings() {
        assertRates(rates(LearningRateSchedule.cosineWithRestarts(), 3, 0), 2, 2, 1.01);
    }

    @Test
    void cycles_do_not_overflow() {
        LearningRates rates =
                new LearningRates(new CosineWithRestarts(0.01, 1, Integer.MAX_VALUE), 2, Integer.MAX_VALUE, 0);

        assertThat(rates.at(Integer.MAX_VALUE - 1)).isBetween(0.02, 2.0);
    }

    @Test
    void step_multiplies_at_regular_distances() {
        assertRates(rates(new Step(2, 0.5), 6, 0), 2, 2, 1, 1, 0.5, 0.5);
        LearningRates hundredths = new LearningRates(LearningRateSchedule.step(), 2, 1000, 0);
        assertThat(hundredths.at(9)).isEqualTo(2);
        assertThat(hundredths.at(10)).isCloseTo(1.998, within(1e-12));
    }

    @Test
    void warm_up_rises_from_zero_and_the_schedule_follows() {
        assertRates(rates(LearningRateSchedule.linear(), 8, 4), 0, 0.5, 1, 1.5, 2, 1.5, 1, 0.5);
        assertRates(rates(LearningRateSchedule.cosine(), 2, 2), 0, 1);
    }

    @Test
    void schedules_that_do_not_span_all_iterations_agree_whatever_their_number() {
        for (LearningRateSchedule schedule :
                List.of(LearningRateSchedule.constant(), new Step(3, 0.5), new CosineWithRestarts(0, 4, 1))) {
            var rates = new LearningRates(schedule, 1, 20, 2);
            assertThat(rates.agreeWith(10, 10)).as("%s", schedule).isTrue();
            assertThat(rates.agreeWith(10, 11)).as("%s", schedule).isFalse();
            assertThat(rates.agreeWith(40, 20)).as("%s", schedule).isTrue();
            assertThat(rates.agreeWith(1, 1)).as("%s", schedule).isFalse();
        }
        for (LearningRateSchedule schedule : List.of(LearningRateSchedule.cosine(), new Linear(0.1))) {
            var rates = new LearningRates(schedule, 1, 20, 0);
            assertThat(rates.agreeWith(10, 5)).as("%s", schedule).isFalse();
            assertThat(rates.agreeWith(20, 20)).as("%s", schedule).isTrue();
            assertThat(rates.agreeWith(10, 0)).as("%s", schedule).isTrue();
        }
    }

    @Test
    void rejects_iterations_outside_the_training() {
        LearningRates rates = new LearningRates(LearningRateSchedule.constant(), 2, 10, 0);

        assertThatThrownBy(() -> rates.at(10))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("10");
        assertThatThrownBy(() -> rates.at(-1))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("-1");
    }

    private static double[] rates(LearningRateSchedule schedule, int iterations, int warmup) {
        LearningRates rates = new LearningRates(schedule, 2, iterations, warmup);
        return IntStream.range(0, iterations).mapToDouble(rates::at).toArray();
    }

    private static void assertRates(double[] actual, double... expected) {
        assertThat(actual).containsExactly(expected, within(1e-12));
    }
}
