package io.github.txt2lora.leco.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LossScaleTest {

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void only_half_precision_scales(Precision precision) {
        LossScale scale = LossScale.initial(precision);

        assertThat(scale.factor()).isEqualTo(1);
        assertThat(scale.canShrink()).isFalse();
        assertThat(scale.afterStep(precision)).isEqualTo(scale);
    }

    @Test
    void overflow_halves_the_factor_down_to_one() {
        LossScale scale = LossScale.initial(Precision.FP16);
        int halvings = 0;
        while (scale.canShrink()) {
            scale = scale.afterOverflow();
            halvings++;
        }

        assertThat(scale.factor()).isEqualTo(1);
        assertThat(halvings).isEqualTo(16);
    }

    @Test
    void steps_without_overflow_double_a_lowered_factor_up_to_the_first() {
        LossScale first = LossScale.initial(Precision.FP16);
        LossScale scale = first.afterOverflow().afterOverflow();
        for (int step = 0; step < 200; step++) {
            assertThat(scale.factor()).isEqualTo(first.factor() / 4);
            scale = scale.afterStep(Precision.FP16);
        }
        assertThat(scale.factor()).isEqualTo(first.factor() / 2);
        for (int step = 0; step < 1000; step++) {
            scale = scale.afterStep(Precision.FP16);
        }
        assertThat(scale.factor()).isEqualTo(first.factor());
    }
}
