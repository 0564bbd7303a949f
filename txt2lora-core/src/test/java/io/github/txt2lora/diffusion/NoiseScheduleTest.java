package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseScheduleTest {

    private final NoiseSchedule schedule = NoiseSchedule.stableDiffusion();

    @Test
    void cannot_be_changed_through_its_array() {
        schedule.alphasCumprod()[0] = 0;
        assertThat(schedule.alphasCumprod()[0]).isPositive();
    }

    @Test
    void zero_terminal_snr_ends_at_pure_noise_and_keeps_the_first_timestep() {
        NoiseSchedule rescaled = schedule.rescaledToZeroTerminalSnr();
        assertThat(rescaled.snr(999)).isZero();
        assertThat(rescaled.alphasCumprod()[0]).isEqualTo(schedule.alphasCumprod()[0]);
    }

    @Test
    void min_snr_weights_are_defined_at_pure_noise() {
        NoiseSchedule rescaled = schedule.rescaledToZeroTerminalSnr();
        assertThat(rescaled.minSnrWeight(999, 5, PredictedQuantity.EPSILON)).isEqualTo(1);
        assertThat(rescaled.minSnrWeight(999, 5, PredictedQuantity.V_PREDICTION))
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 1000, Integer.MAX_VALUE})
    void rejects_a_timestep_outside_of_the_training(int timestep) {
        assertThatThrownBy(() -> schedule.snr(timestep))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(Integer.toString(timestep));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void rejects_a_gamma_that_is_not_positive(double gamma) {
        assertThatThrownBy(() -> schedule.minSnrWeight(0, gamma, PredictedQuantity.EPSILON))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(Double.toString(gamma));
    }
}
