package io.github.txt2lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingMethodTest {

    static Stream<Arguments> rejections() {
        return Stream.of(
                rejection("states is 1; expected 2 or more", () -> LatentSource.reusedRollout(1)),
                rejection("steps is 51; expected a number from 1 to 50", () -> LatentSource.shortRollout(51)),
                rejection("pictures is 0; expected a number from 1 to 4096", () -> LatentSource.pool(0)),
                rejection("noisings is 0; expected a number from 1 to 1000", () -> new LatentSource.Pool(1, 0, 8, 3)),
                rejection(
                        "guidanceScale is NaN; expected a finite number",
                        () -> new LatentSource.Pool(1, 1, 8, Double.NaN)),
                rejection("shares is []; expected at least one source", LatentSource::mixture),
                rejection(
                        "weight is 0.0; expected a number greater than 0",
                        () -> LatentSource.noise().weighing(0)),
                rejection(
                        "share is Share[source=Mixture[shares=[Share[source=Rollout[spec=RolloutSpec[scheduler=DDIM, steps=50,"
                                + " guidanceScale=3.0]], weight=1.0]]], weight=2.0];"
                                + " expected a source that is no mixture itself",
                        () -> LatentSource.mixture(
                                LatentSource.mixture(LatentSource.rollout().weighing(1))
                                        .weighing(2))),
                rejection("minimum timestep is -1; expected a number from 0 to 999", () -> TimestepRange.of(-1, 5)),
                rejection("minimum timestep is 6; expected at most the maximum, 5", () -> TimestepRange.of(6, 5)),
                rejection(
                        "afterNeutral is 1.5; expected a share from 0 to 1",
                        () -> TrainingMethod.recommended().withAfterNeutral(1.5)),
                rejection("gamma is 0.0; expected a number greater than 0", () -> new LossWeighting.MinSnr(0)),
                rejection(
                        "automatic is true; expected joint too, or no prompts that are added",
                        () -> new Preservation(false, true, 1, KeptLatents.SHARED)),
                rejection(
                        "latents is TRAJECTORIES; expected joint too, or SHARED latents",
                        () -> Preservation.drawn().withLatents(KeptLatents.TRAJECTORIES)),
                rejection(
                        "weight is -1.0; expected a number greater than 0",
                        () -> Preservation.addingPrompts().withWeight(-1)),
                rejection("gapBelow is 0.0; expected a number greater than 0", () -> StopRule.gapBelow(0)),
                rejection("noBetterFor is 0; expected 1 or more", () -> StopRule.noBetterFor(0)),
                rejection(
                        "everyIterations is 0; expected 1 or more",
                        () -> StopRule.never().withEveryIterations(0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rejections")
    void rejects_values_at_the_call_that_gives_them(String message, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(InvalidSettingException.class).hasMessage(message);
    }

    private static Arguments rejection(String message, ThrowingCallable call) {
        return Arguments.of(message, call);
    }

    @Test
    void each_part_can_be_changed_alone() {
        TrainingMethod changed = TrainingMethod.leco()
                .withLatents(LatentSource.pool(8))
                .withTimesteps(TimestepRange.of(200, 900))
                .withLossWeighting(LossWeighting.minSnr())
                .withPreservation(Preservation.ofGiven())
                .withStart(LoraStart.CLOSED_FORM)
                .withAfterNeutral(0.25);

        assertThat(changed)
                .isEqualTo(new TrainingMethod(
                        new LatentSource.Pool(8, 4, 8, 3),
                        new TimestepRange(200, 900),
                        new LossWeighting.MinSnr(5),
                        new Preservation(true, false, 1, KeptLatents.SHARED),
                        LoraStart.CLOSED_FORM,
                        0.25));
    }

    @Test
    void a_rule_of_nothing_ends_no_training() {
        assertThat(StopRule.never().isUsed()).isFalse();
        assertThat(StopRule.gapBelow(0.1).isUsed()).isTrue();
        assertThat(StopRule.noBetterFor(20).isUsed()).isTrue();
    }

    @Test
    void refuses_to_keep_and_to_teach_the_same_prompt() {
        LoraTraining.Builder training = LoraTraining.builder()
                .name("a")
                .model(ModelSource.file(Path.of("base.safetensors")))
                .output(Path.of("lora"))
                .prompt(PromptPair.enhance("krnkmd").positive("cat ears").build())
                .prompt(PromptPair.preserve("krnkmd").build());

        assertThatThrownBy(training::build)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("\"krnkmd\" is to be preserved and is also a target");
    }
}
