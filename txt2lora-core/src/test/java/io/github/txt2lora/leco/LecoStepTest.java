package io.github.txt2lora.leco;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.diffusion.Denoiser.LoraGradient;
import io.github.txt2lora.diffusion.NoiseSchedule;
import io.github.txt2lora.diffusion.PredictedQuantity;
import io.github.txt2lora.leco.latents.NoisyBatch;
import io.github.txt2lora.leco.latents.NoisyLatents;
import io.github.txt2lora.leco.latents.PairBalance;
import io.github.txt2lora.leco.latents.RelativeWeights;
import io.github.txt2lora.leco.latents.StepContext;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The loss of a step, put together again from its parts. */
class LecoStepTest {

    private static final int BATCH = 2;
    private static final PromptPair PAIR = PromptPair.enhance("krnkmd")
            .positive("cat ears, maid")
            .neutral("1girl")
            .resolution(64)
            .batchSize(BATCH)
            .build();
    private static final PromptPair AFTER_NEUTRAL = PromptPair.enhance("1girl,krnkmd")
            .positive("cat ears, maid")
            .neutral("1girl")
            .resolution(64)
            .batchSize(BATCH)
            .build();
    private static final PromptPair TREE =
            PromptPair.preserve("tree").weight(0.5).resolution(64).build();

    /** Timesteps where min-SNR weights differ from 1 too. */
    private static final LatentSource SOURCE = new LatentSource.Noise(4, 0);

    private static final LossWeighting.MinSnr MIN_SNR = new LossWeighting.MinSnr(0.5);
    private static final double ROUNDING = 1e-4;

    private static TinyModel tiny;

    private NDManager scope;

    @BeforeAll
    static void load() {
        tiny = new TinyModel(List.of(PAIR, AFTER_NEUTRAL, TREE));
    }

    @AfterAll
    static void free() {
        tiny.close();
    }

    @BeforeEach
    void begin() {
        scope = tiny.newScope();
        tiny.attachStrongLora(scope);
    }

    @AfterEach
    void end() {
        tiny.detachLora(scope);
        scope.close();
    }

    /** The comparison of a step. */
    private static final class Compared implements StepObserver {

        private final Map<String, NDArray> base = new HashMap<>();
        private NDArray goal;

        @Override
        public void onTeacherPrediction(String prompt, NDArray prediction) {
            base.put(prompt, prediction);
        }

        @Override
        public void onGoal(NDArray newGoal) {
            goal = newGoal;
        }
    }

    private LoraGradient run(TrainingMethod method, PromptPair pair, Compared compared) {
        TrainingSpec spec = TrainingSpec.leco().method(method).build();
        return run(step(List.of(pair, TREE), spec), TinyModel.context(scope, new TorchGenerator(4), compared));
    }

    private static LecoStep step(List<PromptPair> pairs, TrainingSpec spec) {
        return new LecoStep(tiny.withNewCache(), Lessons.of(pairs, spec.method()), spec);
    }

    private static LoraGradient run(LecoStep step, StepContext context) {
        return step.compare(context, step.prepare(context));
    }

    private static TrainingMethod joint(LossWeighting weighting, double weight) {
        return TrainingMethod.leco()
                .withLatents(SOURCE)
                .withLossWeighting(weighting)
                .withPreservation(Preservation.ofGiven().withWeight(weight));
    }

    /** The latents that {@link #run} compares at. */
    private NoisyBatch batch(TrainingMethod method, PromptPair pair) {
        var generator = new TorchGenerator(4);
        generator.randint(0, 1);
        return NoisyLatents.of(
                        tiny.withNewCache(), TrainingSpec.leco().method(method).build())
                .next(TinyModel.context(scope, generator, StepObserver.NONE), pair);
    }

    /** Loss and gradient of one prompt alone, every sample counting so much. */
    private LoraGradient alone(NoisyBatch batch, String prompt, NDArray goal, double[] weights) {
        return tiny.unet()
                .loraGradient(
                        scope,
                        goal,
                        1,
                        weights,
                        batch.latents(),
                        batch.timesteps(),
                        tiny.withNewCache().embeddings().batch(scope, List.of(prompt), BATCH, batch.size()),
                        1);
    }

    private static double[] weights(NoisyBatch batch, LossWeighting weighting) {
        return Arrays.stream(batch.timesteps())
                .map(t -> weighting instanceof LossWeighting.MinSnr minSnr
                        ? NoiseSchedule.stableDiffusion()
                                .minSnrWeight((int) t, minSnr.gamma(), PredictedQuantity.EPSILON)
                        : 1)
                .toArray();
    }

    static Stream<LossWeighting> weightings() {
        return Stream.of(LossWeighting.uniform(), MIN_SNR);
    }

    @Test
    void a_target_after_the_neutral_prompt_is_compared_with_the_same_goal() {
        TrainingMethod method = TrainingMethod.leco().withLatents(SOURCE);

        LoraGradient asItStands = first(method, PAIR);
        LoraGradient afterNeutral = first(method.withAfterNeutral(1), PAIR);

        assertThat(afterNeutral.loss())
                .isEqualTo(first(method, AFTER_NEUTRAL).loss())
                .isNotEqualTo(asItStands.loss());
    }

    private LoraGradient first(TrainingMethod method, PromptPair pair) {
        TrainingSpec spec = TrainingSpec.leco().method(method).build();
        return run(step(List.of(pair), spec), TinyModel.context(scope, new TorchGenerator(4), StepObserver.NONE));
    }

    @ParameterizedTest
    @MethodSource("weightings")
    void a_joint_step_adds_the_losses_of_target_and_kept_prompt(LossWeighting weighting) {
        TrainingMethod method = joint(weighting, 3);
        PromptPair pair = PAIR.toBuilder().weight(2).build();
        var compared = new Compared();

        LoraGradient both = run(method, pair, compared);

        NoisyBatch batch = batch(method, pair);
        double[] weights = weights(batch, weighting);
        LoraGradient target = alone(batch, "krnkmd", compared.goal, weights);
        LoraGradient kept = alone(batch, "tree", Objects.requireNonNull(compared.base.get("tree")), weights);
        // the pair counts twice; three times half as much counts what is kept
        double expected = 2 * target.loss() + 1.5 * kept.loss();
        assertThat(target.loss()).isPositive();
        assertThat(kept.loss()).isPositive();
        assertThat(both.loss()).isCloseTo(expected, within(ROUNDING * expected));
        NDArray gradient = target.gradient().mul(2f).add(kept.gradient().mul(1.5f));
        double largest = gradient.abs().max().getFloat();
        assertThatTensor(both.gradient().toFloatArray()).isCloseTo(gradient.toFloatArray(), ROUNDING * largest, 1);
    }

    @Test
    void relative_weights_are_those_of_the_target_alone() {
        TrainingMethod method = joint(LossWeighting.relative(), 1);
        var compared = new Compared();

        LoraGradient both = run(method, PAIR, compared);

        NoisyBatch batch = batch(method, PAIR);
        RelativeWeights relative = RelativeWeights.measure(tiny.withNewCache(), PAIR);
        double[] weights = Arrays.stream(batch.timesteps()).map(relative::at).toArray();
        LoraGradient target = alone(batch, "krnkmd", compared.goal, weights);
        LoraGradient kept = alone(
                batch,
                "tree",
                Objects.requireNonNull(compared.base.get("tree")),
                weights(batch, LossWeighting.uniform()));
        double expected = target.loss() + 0.5 * kept.loss();
        assertThat(both.loss()).isCloseTo(expected, within(ROUNDING * expected));
        assertThat(weights[0]).as("weights differ").isNotEqualTo(weights[1]);
    }

    @Test
    void the_goal_and_what_is_kept_are_the_base_model_s() {
        var compared = new Compared();
        run(joint(LossWeighting.uniform(), 1), PAIR, compared);

        assertThat(compared.base).containsOnlyKeys("1girl", "cat ears, maid", "", "tree");
        NDArray goal = compared.base
                .get("1girl")
                .add(compared.base.get("cat ears, maid"))
                .sub(compared.base.get(""));
        assertThatTensor(compared.goal.toFloatArray()).isCloseTo(goal.toFloatArray(), 1e-6, 1);
    }

    @ParameterizedTest
    @MethodSource("weightings")
    void the_weights_of_pair_and_timestep_are_multiplied(LossWeighting weighting) {
        TrainingMethod method = TrainingMethod.leco()
                .withLatents(SOURCE)
                .withLossWeighting(weighting)
                .withPreservation(Preservation.addingPrompts());
        // nothing but what is taught: all other prompts are its own target
        PromptPair pair = PromptPair.enhance("krnkmd")
                .unconditional("krnkmd")
                .guidanceScale(2)
                .positive("krnkmd")
                .resolution(64)
                .batchSize(BATCH)
                .weight(3)
                .build();
        TrainingSpec spec = TrainingSpec.leco().method(method).build();
        var compared = new Compared();

        LoraGradient weighted =
                run(step(List.of(pair), spec), TinyModel.context(scope, new TorchGenerator(4), compared));

        NoisyBatch batch = batch(method, pair);
        LoraGradient plain = alone(batch, "krnkmd", compared.goal, weights(batch, weighting));
        assertThat(weighted.loss()).isCloseTo(3 * plain.loss(), within(ROUNDING * 3 * plain.loss()));
    }

    @Test
    void min_snr_counts_late_timesteps_in_full_and_early_ones_less() {
        TrainingMethod method = joint(MIN_SNR, 1);
        NoisyBatch batch = batch(method, PAIR);

        assertThat(weights(batch, MIN_SNR)).satisfies(weights -> {
            assertThat(weights[0]).isLessThan(weights[1]);
            assertThat(weights[1]).isEqualTo(1);
        });
    }

    @Test
    void in_joint_steps_all_prompts_to_keep_have_their_turns() {
        TrainingMethod method = joint(LossWeighting.uniform(), 1).withPreservation(Preservation.addingPrompts());
        TrainingSpec spec = TrainingSpec.leco().method(method).build();
        var step = step(List.of(PAIR, TREE), spec);
        var generator = new TorchGenerator(4);
        var prompts = new Compared();

        for (int i = 0; i < 40; i++) {
            run(step, TinyModel.context(scope, generator, prompts));
        }

        assertThat(prompts.base)
                .containsOnlyKeys("tree", "1girl", "cat ears, maid", "", "1girl,cat ears", "1girl,maid");
    }

    @Test
    void a_joint_step_over_a_finite_set_soon_costs_no_prediction_of_the_base_model() {
        TrainingSpec spec =
                TrainingSpec.leco().method(joint(LossWeighting.uniform(), 1)).build();
        var step = step(List.of(PAIR, TREE), spec);
        var generator = new TorchGenerator(4);
        for (int i = 0; i < 20; i++) {
            run(step, TinyModel.context(scope, generator, StepObserver.NONE));
        }
        long before = tiny.unet().work();

        run(step, TinyModel.context(scope, generator, StepObserver.NONE));

        // target and kept prompt, forward and backward
        assertThat(tiny.unet().work() - before).isEqualTo(2 * BATCH * 3);
    }

    @Test
    void a_step_that_rehearses_compares_both_targets_by_what_is_to_be_learned_for_each() {
        PromptPair other = PromptPair.enhance("tree")
                .positive("red hakama")
                .guidanceScale(3)
                .resolution(64)
                .batchSize(BATCH)
                .build();
        TrainingSpec spec = TrainingSpec.builder().build();
        List<PromptPair> pairs = List.of(PAIR, other);
        try (var both = new TinyModel(pairs);
                NDManager own = both.newScope()) {
            both.attachStrongLora(own);
            var model = both.withNewCache();
            var step = new LecoStep(model, Lessons.of(pairs, spec.method().preservation()), spec);
            var balance = new PairBalance(model, pairs);
            Set<List<String>> weights = new HashSet<>();
            var generator = new TorchGenerator(4);
            for (int i = 0; i < 60; i++) {
                Comparison comparison = step.prepare(TinyModel.context(own, generator, StepObserver.NONE));
                weights.add(Arrays.stream(comparison.weights())
                        .mapToObj(weight -> String.format(Locale.ROOT, "%.4f", weight))
                        .toList());
            }

            List<String> ofPair = doubled(balance.weight(PAIR));
            List<String> ofOther = doubled(balance.weight(other));
            List<String> ofKept = doubled(3);
            assertThat(ofPair).isNotEqualTo(ofOther);
            assertThat(weights)
                    .containsExactlyInAnyOrder(
                            joined(ofPair, ofOther),
                            joined(ofOther, ofPair),
                            joined(ofPair, ofKept),
                            joined(ofOther, ofKept));
        }
    }

    /** Of the samples of one prompt; the means of both are added, so each counts twice in the mean of all. */
    private static List<String> doubled(double weight) {
        return Collections.nCopies(BATCH, String.format(Locale.ROOT, "%.4f", 2 * weight));
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
