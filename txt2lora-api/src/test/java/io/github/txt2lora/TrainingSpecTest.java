package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingSpecTest {

    @Test
    void defaults_leave_iterations_and_learning_rate_to_the_training() {
        assertThat(TrainingSpec.builder().build())
                .isEqualTo(new TrainingSpec(
                        TrainingMethod.recommended(),
                        OptionalInt.empty(),
                        OptionalDouble.empty(),
                        Optional.empty(),
                        new LearningRateSchedule.Cosine(0.01),
                        0,
                        new LoraSpec(OptionalInt.empty(), 1.0, LoraType.LIERLA, LoraTarget.AUTO, List.of()),
                        1,
                        OptionalDouble.empty(),
                        0,
                        new ModelUse(
                                Precision.FP32, 1, PredictionType.FROM_MODEL, TerminalSnr.FROM_MODEL, Optional.empty()),
                        new SavingSpec(
                                Precision.FP16,
                                0,
                                new StateSpec(0, Optional.of(Duration.ofMinutes(5)), Resume.IF_SAME),
                                Optional.empty()),
                        new StoppingSpec(new StopRule(OptionalDouble.empty(), 0, 10), true, 0),
                        new NonFinitePolicy.Fail()));
        assertThat(LatentSource.rollout().spec()).isEqualTo(new RolloutSpec(SchedulerType.DDIM, 50, 3.0));
    }

    static Stream<Arguments> rejections() {
        return Stream.of(
                rejection("iterations is -1; expected 0 or more", b -> b.iterations(-1)),
                rejection(
                        "recognitionImages is -1; expected 0 or more",
                        b -> b.stopping(stopping -> stopping.withRecognitionImages(-1))),
                rejection(
                        "recognitionImages is 16, but measureQuality is false; expected recognitionImages 0, or"
                                + " measureQuality true",
                        b -> b.stopping(
                                stopping -> stopping.withRecognitionImages(16).withMeasureQuality(false))),
                rejection("method is null; expected a value", b -> b.method(Nothing.of(TrainingMethod.class))),
                rejection("learningRate is 0.0; expected a number greater than 0", b -> b.learningRate(0)),
                rejection("learningRate is NaN; expected a number greater than 0", b -> b.learningRate(Double.NaN)),
                rejection(
                        "learningRate is Infinity; expected a number greater than 0",
                        b -> b.learningRate(Double.POSITIVE_INFINITY)),
                rejection("optimizer is null; expected a value", b -> b.optimizer(Nothing.of(OptimizerSpec.class))),
                rejection("warmupIterations is -1; expected 0 or more", b -> b.warmupIterations(-1)),
                rejection(
                        "steps is 1; expected a number from 2 to 1000",
                        b -> RolloutSpec.defaults().withSteps(1)),
                rejection(
                        "steps is 1001; expected a number from 2 to 1000",
                        b -> RolloutSpec.defaults().withSteps(1001)),
                rejection(
                        "guidanceScale is NaN; expected a finite number",
                        b -> RolloutSpec.defaults().withGuidanceScale(Double.NaN)),
                rejection("gradientAccumulationSteps is 0; expected 1 or more", b -> b.gradientAccumulationSteps(0)),
                rejection("maxGradientNorm is 0.0; expected a number greater than 0", b -> b.maxGradientNorm(0.0)),
                rejection("clipSkip is 0; expected a number from 1 to 12", b -> b.modelUse(use -> use.withClipSkip(0))),
                rejection(
                        "clipSkip is 13; expected a number from 1 to 12", b -> b.modelUse(use -> use.withClipSkip(13))),
                rejection(
                        "everyIterations is -1; expected 0 or more",
                        b -> b.saving(saving -> saving.withEveryIterations(-1))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rejections")
    void rejects_values_out_of_range_at_the_call(String message, Consumer<TrainingSpec.Builder> call) {
        TrainingSpec.Builder builder = TrainingSpec.builder();

        assertThatThrownBy(() -> call.accept(builder))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(message);
    }

    static Stream<Arguments> wrongStates() {
        return Stream.of(
                Arguments.of("everyIterations is 0; expected 1 or more", (Runnable) () -> StateSpec.everyIterations(0)),
                Arguments.of("interval is PT0S; expected a time greater than zero, or none", (Runnable)
                        () -> StateSpec.every(Duration.ZERO)),
                Arguments.of("limit is 0; expected 1 or more", (Runnable) () -> new NonFinitePolicy.Skip(0)),
                Arguments.of("limit is 0; expected 1 or more", (Runnable) () -> new NonFinitePolicy.Rollback(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrongStates")
    void rejects_states_and_policies_that_never_act(String message, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(message);
    }

    @Test
    void rejects_a_warmup_longer_than_the_training() {
        TrainingSpec.Builder builder =
                TrainingSpec.builder().warmupIterations(600).iterations(500);

        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("warmupIterations is 600; expected at most the 500 iterations");
    }

    @Test
    void copies_every_value_to_a_builder() {
        TrainingSpec spec = new TrainingSpec(
                TrainingMethod.leco().withStart(LoraStart.CLOSED_FORM),
                OptionalInt.of(7),
                OptionalDouble.of(0.5),
                Optional.of(OptimizerSpec.lion()),
                LearningRateSchedule.cosine(),
                3,
                new LoraSpec(8, 2.0, LoraType.C3LIER, LoraTarget.XATTN),
                2,
                OptionalDouble.of(1.5),
                -42,
                new ModelUse(
                        Precision.BF16,
                        2,
                        PredictionType.V_PREDICTION,
                        TerminalSnr.ZERO,
                        Optional.of(Path.of("embeddings"))),
                new SavingSpec(
                        Precision.FP32,
                        5,
                        StateSpec.everyIterations(9).withResume(Resume.REQUIRED),
                        Optional.of(Instant.EPOCH)),
                new StoppingSpec(StopRule.gapBelow(0.1).orNoBetterFor(50).withEveryIterations(5), true, 16),
                NonFinitePolicy.rollback());

        assertThat(spec.toBuilder().build()).isEqualTo(spec).hasSameHashCodeAs(spec);
        TrainingSpec without = spec.toBuilder()
                .maxGradientNorm(OptionalDouble.empty())
                .saving(saving -> saving.withTimestamp(Optional.empty()))
                .build();
        assertThat(without).isNotEqualTo(spec);
        assertThat(without.maxGradientNorm()).isEmpty();
        assertThat(without.saving().timestamp()).isEmpty();
    }

    @Test
    void lecos_exact_method_has_lecos_settings() {
        assertThat(TrainingSpec.leco().build())
                .isEqualTo(TrainingSpec.builder()
                        .method(TrainingMethod.leco())
                        .iterations(1000)
                        .learningRate(1e-4)
                        .optimizer(OptimizerSpec.adamW())
                        .learningRateSchedule(LearningRateSchedule.constant())
                        .lora(new LoraSpec(4, 1.0, LoraType.LIERLA, LoraTarget.FULL))
                        .stopping(stopping -> stopping.withMeasureQuality(false))
                        .build());
    }

    @Test
    void an_optimizer_that_is_not_set_is_muon_for_several_targets_at_one_strength() {
        PromptPair first = PromptPair.enhance("krnkmd").positive("maid").build();
        PromptPair second = PromptPair.enhance("tyankmk").positive("miko").build();
        PromptPair kept = PromptPair.preserve("1girl").build();
        Slider slider = Slider.between("short hair", "long hair").of("1girl");
        TrainingSpec spec = TrainingSpec.builder().build();

        assertThat(spec.optimizerFor(List.of(first, kept))).isEqualTo(OptimizerSpec.adamW());
        assertThat(spec.optimizerFor(slider.pairs())).isEqualTo(OptimizerSpec.adamW());
        assertThat(spec.optimizerFor(List.of(first, second))).isEqualTo(OptimizerSpec.muon());
        TrainingSpec chosen = spec.chosenFor(List.of(first, second));
        assertThat(chosen.optimizer()).contains(OptimizerSpec.muon());
        assertThat(chosen.lora().rank()).hasValue(16);
        assertThat(chosen.optimizerFor(List.of(first))).isEqualTo(OptimizerSpec.muon());
        assertThat(chosen.toBuilder().optimizer(Optional.empty()).build().optimizerFor(List.of(first)))
                .isEqualTo(OptimizerSpec.adamW());
    }

    @Test
    void iterations_that_are_not_set_grow_with_the_prompts_that_are_taught() {
        PromptPair first = PromptPair.enhance("krnkmd").positive("maid").build();
        PromptPair second = PromptPair.enhance("tyankmk").positive("miko").build();
        PromptPair kept = PromptPair.preserve("1girl").build();
        TrainingSpec spec = TrainingSpec.builder().build();

        assertThat(spec.iterationsFor(List.of(first, kept), 1)).isEqualTo(390);
        assertThat(spec.iterationsFor(List.of(first, second), 1)).isEqualTo(700);
        assertThat(spec.iterationsFor(List.of(kept), 1)).isEqualTo(390);
        assertThat(spec.iterationsFor(List.of(first, kept), 4)).isEqualTo(900);
        assertThat(spec.iterationsFor(List.of(first, second), 2)).isEqualTo(1040);
        assertThat(spec.toBuilder().iterations(7).build().iterationsFor(List.of(first, second), 1))
                .isEqualTo(7);
    }

    @Test
    void no_iterations_need_a_start_in_closed_form() {
        TrainingSpec.Builder builder = TrainingSpec.leco().iterations(0);

        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "iterations is 0; expected 1 or more, or the method's start CLOSED_FORM or a LoRA, since without"
                                + " iterations a LoRA that starts at ZERO learns nothing");
        assertThat(builder.method(TrainingMethod.recommended().withStart(LoraStart.CLOSED_FORM))
                        .build()
                        .iterations())
                .hasValue(0);
    }

    @Test
    void rejects_loras_without_width_or_strength() {
        assertThatThrownBy(() -> LoraSpec.builder().rank(0)).hasMessage("rank is 0; expected 1 or more");
        assertThatThrownBy(() -> LoraSpec.builder().alpha(-1))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("alpha is -1.0; expected a number greater than 0");
    }

    private static Arguments rejection(String message, Consumer<TrainingSpec.Builder> call) {
        return Arguments.of(message, call);
    }
}
