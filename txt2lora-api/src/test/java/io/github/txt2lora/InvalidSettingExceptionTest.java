package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InvalidSettingExceptionTest {

    static Stream<Arguments> settings() {
        return Stream.of(
                rejection("learningRate", () -> TrainingSpec.builder().learningRate(0)),
                rejection(
                        "warmupIterations",
                        () -> TrainingSpec.builder().warmupIterations(2000).build()),
                rejection("clipSkip", () -> ModelUse.defaults().withClipSkip(13)),
                rejection("model", () -> LoraTraining.builder().name("krnkmd").build()),
                rejection("resolution", () -> PromptPair.enhance("krnkmd").resolution(500)),
                rejection("scheduler", () -> SchedulerType.parse("eular")),
                rejection(null, () -> new OptimizerSpec.Sgd(0, 0, true)));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void names_the_setting_if_it_is_one(Optional<String> setting, ThrowingCallable call) {
        assertThat(catchThrowableOfType(InvalidSettingException.class, call).setting())
                .isEqualTo(setting);
    }

    private static Arguments rejection(String setting, ThrowingCallable call) {
        return Arguments.of(Optional.ofNullable(setting), call);
    }
}
