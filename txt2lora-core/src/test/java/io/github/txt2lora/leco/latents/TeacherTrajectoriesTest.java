package io.github.txt2lora.leco.latents;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.leco.TinyModel;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.lesson.TeacherTarget;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** States on the way to the goal of a pair and to the images of prompts to keep. */
class TeacherTrajectoriesTest {

    private static final PromptPair PAIR = PromptPair.enhance("krnkmd")
            .positive("cat ears, maid")
            .neutral("1girl")
            .unconditional("lowres")
            .guidanceScale(2)
            .resolution(64)
            .batchSize(3)
            .build();

    private static final long SEED = 1;

    private static final LatentSource.Trajectories SOURCE = new LatentSource.Trajectories(6, 3, 3);

    private static TinyModel tiny;

    @BeforeAll
    static void load() {
        tiny = new TinyModel(List.of(PAIR));
    }

    @AfterAll
    static void free() {
        tiny.close();
    }

    private static NoisyLatents trajectories(DenoisingModel model, LatentSource source, TimestepRange range) {
        TrainingMethod method = TrainingMethod.leco().withLatents(source).withTimesteps(range);
        return NoisyLatents.of(model, TrainingSpec.leco().method(method).build());
    }

    private static StepContext context(NDManager scope, long seed) {
        return TinyModel.context(scope, new TorchGenerator(seed), StepObserver.NONE);
    }

    /** What the base model says of each sample, without a LoRA. */
    private static void assertGoals(NDManager scope, DenoisingModel model, NoisyBatch batch, TeacherTarget target) {
        for (int i = 0; i < batch.samples(); i++) {
            NDArray latents = batch.latents().get(i + ":" + (i + 1));
            double timestep = batch.timesteps()[i];
            Map<String, NDArray> predictions = new HashMap<>();
            for (String prompt : target.weights().keySet()) {
                predictions.put(
                        prompt,
                        model.denoiser()
                                .predict(
                                        scope,
                                        latents,
                                        timestep,
                                        model.embeddings().batch(scope, List.of(prompt), 1, batch.size()),
                                        0));
            }
            float[] expected = target.goal(predictions, latents).toFloatArray();
            NDArray goal = Objects.requireNonNull(batch.goal()).get(i + ":" + (i + 1));
            assertThatTensor(goal.toFloatArray()).isCloseTo(expected, 1e-4, 1);
        }
    }

    static Stream<LatentSource> sources() {
        return Stream.of(SOURCE, LatentSource.neutralTrajectories());
    }

    @ParameterizedTest
    @MethodSource("sources")
    void goals_are_what_the_base_model_predicts_there_even_with_a_lora_attached(LatentSource kind) {
        DenoisingModel model = tiny.withNewCache();
        NoisyLatents source = trajectories(model, kind, TimestepRange.all());
        try (NDManager scope = tiny.newScope()) {
            tiny.attachStrongLora(scope);
            for (int seed = 0; seed < 2; seed++) {
                NoisyBatch batch = source.next(context(scope, seed), PAIR);
                assertThat(batch.samples()).isEqualTo(3);
                assertGoals(scope, model, batch, TeacherTarget.of(PAIR));
            }
            tiny.detachLora(scope);
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    void the_network_is_asked_nothing_for_what_is_kept_and_the_bytes_are_the_same_without_a_cache(LatentSource kind) {
        // without a cache each look at a state samples its trajectories again
        PromptPair pair = PAIR.toBuilder().batchSize(1).build();
        DenoisingModel model = tiny.withNewCache();
        DenoisingModel forgetting = tiny.with(new LatentCache(0, LatentFolder.none()));
        NoisyLatents first = trajectories(model, kind, TimestepRange.all());
        try (NDManager scope = tiny.newScope()) {
            first.next(context(scope, SEED), pair);
            NoisyLatents again = trajectories(model, kind, TimestepRange.all());
            NoisyLatents computed = trajectories(forgetting, kind, TimestepRange.all());
            long work = model.denoiser().work();
            NoisyBatch kept = again.next(context(scope, SEED), pair);
            assertThat(model.denoiser().work()).isEqualTo(work);
            NoisyBatch anew = computed.next(context(scope, SEED), pair);

            assertThat(model.denoiser().work()).isGreaterThan(work);
            assertThat(kept.timesteps()).isEqualTo(anew.timesteps());
            assertThat(kept.latents().toFloatArray()).isEqualTo(anew.latents().toFloatArray());
            assertThat(Objects.requireNonNull(kept.goal()).toFloatArray())
                    .isEqualTo(Objects.requireNonNull(anew.goal()).toFloatArray());
        }
    }

    @Test
    void a_range_in_which_no_trajectory_stops_is_refused() {
        NoisyLatents source = trajectories(tiny.withNewCache(), SOURCE, TimestepRange.of(500, 500));
        try (NDManager scope = tiny.newScope()) {
            StepContext context = context(scope, 1);
            assertThatThrownBy(() -> source.next(context, PAIR))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessage("timesteps are 500 to 500, but trajectories of 3 steps stop at none of them; expected a"
                            + " wider range or more steps");
        }
    }

    @Test
    void samples_of_a_batch_have_one_size_where_sizes_are_left_to_chance() {
        PromptPair dynamic =
                PAIR.toBuilder().resolution(192).dynamicResolution(true).build();
        NoisyLatents source =
                trajectories(tiny.withNewCache(), new LatentSource.Trajectories(16, 2, 3), TimestepRange.all());
        Map<String, Integer> sizes = new HashMap<>();
        try (NDManager scope = tiny.newScope()) {
            for (int seed = 0; seed < 5; seed++) {
                NoisyBatch batch = source.next(context(scope, seed), dynamic);
                assertThat(batch.latents().getShape().get(2) * 8)
                        .isEqualTo(batch.size().height());
                assertThat(batch.latents().getShape().get(3) * 8)
                        .isEqualTo(batch.size().width());
                assertThat(batch.samples()).isEqualTo(3);
                sizes.merge(batch.size().height() + "x" + batch.size().width(), 1, Integer::sum);
            }
        }
        assertThat(sizes).hasSizeGreaterThan(1);
    }

    @Test
    void kept_prompts_go_their_own_ways_and_every_fifth_is_the_empty_one_there() {
        DenoisingModel model = tiny.withNewCache();
        var kept = new KeptTrajectories(model, TimestepRange.all());
        int empty = 0;
        for (int seed = 0; seed < 200; seed++) {
            try (NDManager step = tiny.newScope()) {
                KeptTrajectories.Kept next = kept.next(context(step, seed), PAIR, "cat ears, maid");
                assertThat(next.prompt()).isIn("cat ears, maid", "");
                empty += next.prompt().isEmpty() ? 1 : 0;
                if (seed < 4) {
                    assertGoals(step, model, next.batch(), TeacherTarget.keeping(next.prompt()));
                }
            }
        }
        assertThat(empty).isBetween(20, 60);
        assertThat(kept.fit(PAIR)).isTrue();
        assertThat(kept.fit(
                        PAIR.toBuilder().resolution(192).dynamicResolution(true).build()))
                .isFalse();
    }
}
