package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.SchedulerType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerConfigTest {

    private static final Parameterization ZERO_TERMINAL_SNR =
            new Parameterization(PredictedQuantity.V_PREDICTION, true);

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
    void rejects_an_eta_outside_of_0_to_1(double eta) {
        SchedulerConfig.Builder builder = SchedulerConfig.builder(SchedulerKind.DDIM, 10);
        assertThatThrownBy(() -> builder.eta(eta).build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(Double.toString(eta));
    }

    @Test
    void rejects_settings_of_other_samplers() {
        assertRejected(SchedulerConfig.builder(SchedulerKind.EULER, 10).eta(0.5));
        assertRejected(SchedulerConfig.builder(SchedulerKind.EULER, 10).clipSample(true));
        assertRejected(SchedulerConfig.builder(SchedulerKind.EULER, 10).setAlphaToOne(false));
        assertRejected(SchedulerConfig.builder(SchedulerKind.DDIM, 10).karrasSigmas(true));
        assertRejected(SchedulerConfig.builder(SchedulerKind.DDIM, 10).stepsOffset(-1));
    }

    private static void assertRejected(SchedulerConfig.Builder settings) {
        assertThatThrownBy(settings::build).isInstanceOf(InvalidSettingException.class);
    }

    @Test
    void says_which_samplers_have_a_setting() {
        assertThatThrownBy(SchedulerConfig.builder(SchedulerKind.LMS, 10).clipSample(true)::build)
                .hasMessage("LMS cannot clip samples; only DDIM and DDPM can");
        assertThatThrownBy(SchedulerConfig.builder(SchedulerKind.DDIM, 10).karrasSigmas(true)::build)
                .hasMessage(
                        "DDIM cannot use the noise levels of Karras et al.; LMS, Euler, DPM-Solver++ and UniPC can");
    }

    @ParameterizedTest
    @EnumSource(SchedulerType.class)
    void leco_neither_clips_nor_shifts(SchedulerType scheduler) {
        SchedulerConfig config = SchedulerPresets.leco(scheduler, 50, Parameterization.EPSILON);
        assertThat(config.clipSample()).isFalse();
        assertThat(config.stepsOffset()).isZero();
        boolean linspace = scheduler != SchedulerType.DDIM && scheduler != SchedulerType.DDPM;
        assertThat(config.timestepSpacing()).isEqualTo(linspace ? TimestepSpacing.LINSPACE : TimestepSpacing.LEADING);
    }

    @ParameterizedTest
    @EnumSource(SchedulerType.class)
    void rollouts_of_zero_terminal_snr_models_start_at_the_last_timestep(SchedulerType scheduler) {
        SchedulerConfig config = SchedulerPresets.leco(scheduler, 50, ZERO_TERMINAL_SNR);
        assertThat(Scheduler.of(config).timesteps()[0]).isEqualTo(999);
        assertThat(config.zeroTerminalSnr()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(SchedulerType.class)
    void pictures_of_zero_terminal_snr_models_start_at_the_last_timestep(SchedulerType sampler) {
        SchedulerConfig config = SchedulerPresets.stableDiffusion(sampler, 20, ZERO_TERMINAL_SNR);
        assertThat(Scheduler.of(config).timesteps()[0]).isEqualTo(999);
        assertThat(config.zeroTerminalSnr()).isTrue();
    }

    @Test
    void pictures_with_ddim_use_the_published_settings() {
        SchedulerConfig config = SchedulerPresets.stableDiffusion(SchedulerType.DDIM, 20, Parameterization.EPSILON);
        assertThat(config)
                .isEqualTo(SchedulerConfig.builder(SchedulerKind.DDIM, 20)
                        .stepsOffset(1)
                        .setAlphaToOne(false)
                        .build());
    }
}
