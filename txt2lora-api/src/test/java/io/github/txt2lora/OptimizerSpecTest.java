package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerSpecTest {

    @Test
    void defaults_are_those_of_the_libraries() {
        assertThat(OptimizerSpec.muon()).isEqualTo(new OptimizerSpec.Muon(0.95, true, 0));
        assertThat(OptimizerSpec.adamW()).isEqualTo(new OptimizerSpec.AdamW(0.9, 0.999, 1e-8, 0.01));
        assertThat(OptimizerSpec.adam()).isEqualTo(new OptimizerSpec.Adam(0.9, 0.999, 1e-8, 0));
        assertThat(OptimizerSpec.lion()).isEqualTo(new OptimizerSpec.Lion(0.9, 0.99, 0));
        assertThat(OptimizerSpec.sgd()).isEqualTo(new OptimizerSpec.Sgd(0, 0, false));
        assertThat(OptimizerSpec.prodigy())
                .isEqualTo(new OptimizerSpec.Prodigy(
                        0.9, 0.999, OptionalDouble.empty(), 1e-8, 0, false, false, 1e-6, 1, Double.POSITIVE_INFINITY));
        assertThat(OptimizerSpec.adafactor())
                .isEqualTo(new OptimizerSpec.Adafactor(1e-30, 1e-3, 1, -0.8, OptionalDouble.empty(), 0, false));
    }

    static Stream<Arguments> rejections() {
        return Stream.of(
                rejection(
                        "beta1 is 1.0; expected a number from 0 to below 1",
                        () -> new OptimizerSpec.AdamW(1, 0.999, 1e-8, 0)),
                rejection(
                        "beta2 is -0.1; expected a number from 0 to below 1",
                        () -> new OptimizerSpec.Adam(0.9, -0.1, 1e-8, 0)),
                rejection(
                        "epsilon is -1.0; expected 0 or a greater number",
                        () -> new OptimizerSpec.Adam(0.9, 0.999, -1, 0)),
                rejection(
                        "weightDecay is NaN; expected 0 or a greater number",
                        () -> new OptimizerSpec.Lion(0.9, 0.99, Double.NaN)),
                rejection(
                        "beta3 is 1.5; expected a number from 0 to below 1",
                        () -> new OptimizerSpec.Prodigy(
                                0.9, 0.999, OptionalDouble.of(1.5), 1e-8, 0, false, false, 1e-6, 1, 2)),
                rejection(
                        "d0 is 0.0; expected a number greater than 0",
                        () -> new OptimizerSpec.Prodigy(
                                0.9, 0.999, OptionalDouble.empty(), 1e-8, 0, false, false, 0, 1, 2)),
                rejection(
                        "growthRate is 0.5; expected 1 or more, or Infinity",
                        () -> new OptimizerSpec.Prodigy(
                                0.9, 0.999, OptionalDouble.empty(), 1e-8, 0, false, false, 1e-6, 1, 0.5)),
                rejection(
                        "decayRate is 0.8; expected a number below 0, for example -0.8",
                        () -> new OptimizerSpec.Adafactor(1e-30, 1e-3, 1, 0.8, null, 0, false)),
                rejection(
                        "clipThreshold is 0.0; expected a number greater than 0",
                        () -> new OptimizerSpec.Adafactor(1e-30, 1e-3, 0, -0.8, OptionalDouble.empty(), 0, false)),
                rejection(
                        "nesterov is on and momentum is 0; expected a momentum, for example 0.9, or nesterov off",
                        () -> new OptimizerSpec.Sgd(0, 0, true)),
                rejection(
                        "momentum is 1.0; expected a number from 0 to below 1",
                        () -> new OptimizerSpec.Muon(1, false, 0)),
                rejection(
                        "nesterov is on and momentum is 0; expected a momentum, for example 0.9, or nesterov off",
                        () -> new OptimizerSpec.Muon(0, true, 0)),
                rejection(
                        "weightDecay is -1.0; expected 0 or a greater number",
                        () -> new OptimizerSpec.Muon(0.95, true, -1)),
                rejection(
                        "endFactor is 1.5; expected a number from 0 to 1", () -> new LearningRateSchedule.Linear(1.5)),
                rejection(
                        "minimumFactor is NaN; expected a number from 0 to 1",
                        () -> new LearningRateSchedule.Cosine(Double.NaN)),
                rejection(
                        "firstCycle is -1; expected 0 or more",
                        () -> new LearningRateSchedule.CosineWithRestarts(0, -1, 2)),
                rejection(
                        "cycleMultiplier is 0; expected 1 or more",
                        () -> new LearningRateSchedule.CosineWithRestarts(0, 0, 0)),
                rejection("stepSize is -1; expected 0 or more", () -> new LearningRateSchedule.Step(-1, 0.9)),
                rejection(
                        "gamma is 0.0; expected a number greater than 0 and at most 1",
                        () -> new LearningRateSchedule.Step(0, 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rejections")
    void rejects_values_out_of_range(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(InvalidSettingException.class).hasMessage(message);
    }

    @Test
    void schedules_begin_with_the_settings_of_leco() {
        assertThat(LearningRateSchedule.constant()).isEqualTo(new LearningRateSchedule.Constant());
        assertThat(LearningRateSchedule.linear()).isEqualTo(new LearningRateSchedule.Linear(0));
        assertThat(LearningRateSchedule.cosine()).isEqualTo(new LearningRateSchedule.Cosine(0.01));
        assertThat(LearningRateSchedule.cosineWithRestarts())
                .isEqualTo(new LearningRateSchedule.CosineWithRestarts(0.01, 0, 2));
        assertThat(LearningRateSchedule.step()).isEqualTo(new LearningRateSchedule.Step(0, 0.999));
    }

    private static Arguments rejection(String message, ThrowingCallable call) {
        return Arguments.of(message, call);
    }
}
