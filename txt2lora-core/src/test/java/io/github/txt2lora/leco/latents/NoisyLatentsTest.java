package io.github.txt2lora.leco.latents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.leco.TinyModel;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The common contract of all sources of latents, and the properties of each. */
class NoisyLatentsTest {

    private static final int BATCH = 2;

    private static final PromptPair PAIR = PromptPair.enhance("krnkmd")
            .positive("cat ears, maid")
            .neutral("1girl")
            .resolution(64)
            .batchSize(BATCH)
            .build();

    private static final LatentSource.Pool POOL = new LatentSource.Pool(4, 2, 2, 3);
    private static final LatentSource.Noise NOISE = new LatentSource.Noise(4, 500);

    private static TinyModel tiny;

    @BeforeAll
    static void load() {
        tiny = new TinyModel(List.of(PAIR));
    }

    @AfterAll
    static void free() {
        tiny.close();
    }

    static Stream<LatentSource> sources() {
        return Stream.of(
                LatentSource.rollout(),
                LatentSource.reusedRollout(3),
                LatentSource.shortRollout(2),
                POOL,
                NOISE,
                new LatentSource.Noise(0, 500),
                new LatentSource.Trajectories(16, 2, 3),
                LatentSource.mixture(LatentSource.shortRollout(1).weighing(1), POOL.weighing(1), NOISE.weighing(1)));
    }

    static Stream<LatentSource> finiteSources() {
        return Stream.of(POOL, NOISE, LatentSource.mixture(POOL.weighing(1), NOISE.weighing(1)));
    }

    private static TrainingSpec spec(LatentSource source, TimestepRange range) {
        return TrainingSpec.leco()
                .method(TrainingMethod.leco()
                        .withLatents(source.withRollout(rollout -> rollout.withSteps(4)))
                        .withTimesteps(range))
                .build();
    }

    /** A batch as arrays of Java. */
    @SuppressWarnings("ArrayRecordComponent") // read once, never compared
    private record Drawn(Shape shape, float[] latents, double[] timesteps, NoisyBatch batch) {}

    private static List<Drawn> draw(LatentSource source, TimestepRange range, PromptPair pair, int count) {
        return draw(NoisyLatents.of(tiny.withNewCache(), spec(source, range)), new TorchGenerator(5), pair, count);
    }

    private static List<Drawn> draw(NoisyLatents latents, TorchGenerator generator, PromptPair pair, int count) {
        List<Drawn> drawn = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            try (NDManager scope = tiny.newScope()) {
                NoisyBatch batch = latents.next(TinyModel.context(scope, generator, StepObserver.NONE), pair);
                assertThat(batch.samples()).isEqualTo(batch.timesteps().length);
                drawn.add(new Drawn(
                        batch.latents().getShape(), batch.latents().toFloatArray(), batch.timesteps(), batch));
            }
        }
        return drawn;
    }

    @ParameterizedTest
    @MethodSource("sources")
    void latents_have_the_pair_s_size_and_a_timestep_each(LatentSource source) {
        assertThat(draw(source, TimestepRange.all(), PAIR, 2)).allSatisfy(drawn -> {
            assertThat(drawn.timesteps().length).isPositive().matches(samples -> samples % BATCH == 0);
            assertThat(drawn.shape()).isEqualTo(new Shape(drawn.timesteps().length, 4, 8, 8));
            for (float value : drawn.latents()) {
                assertThat(value).isFinite();
            }
            assertThat(drawn.batch().size().height()).isEqualTo(64);
            assertThat(drawn.batch().size().width()).isEqualTo(64);
        });
    }

    @ParameterizedTest
    @MethodSource("sources")
    void no_timestep_is_outside_of_the_range(LatentSource source) {
        TimestepRange range = TimestepRange.of(300, 700);

        assertThat(draw(source, range, PAIR, 4))
                .allSatisfy(
                        drawn -> assertThat(Arrays.stream(drawn.timesteps())).allMatch(range::contains));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void the_same_state_of_the_generator_gives_the_same_latents(LatentSource source) {
        List<Drawn> first = draw(source, TimestepRange.all(), PAIR, 2);
        List<Drawn> second = draw(source, TimestepRange.all(), PAIR, 2);

        for (int i = 0; i < first.size(); i++) {
            assertThat(second.get(i).latents()).isEqualTo(first.get(i).latents());
            assertThat(second.get(i).timesteps()).isEqualTo(first.get(i).timesteps());
            assertThat(second.get(i).batch().origin())
                    .isEqualTo(first.get(i).batch().origin());
        }
    }

    @ParameterizedTest
    @MethodSource("finiteSources")
    void a_batch_of_a_finite_set_is_always_the_same(LatentSource source) {
        Map<NoisyBatch.Origin, Drawn> byOrigin = new HashMap<>();

        for (Drawn drawn : draw(source, TimestepRange.all(), PAIR, 40)) {
            NoisyBatch.Origin origin = drawn.batch().origin();
            assertThat(origin).isNotNull();
            Drawn before = byOrigin.putIfAbsent(origin, drawn);
            if (before != null) {
                assertThat(drawn.latents()).isEqualTo(before.latents());
                assertThat(drawn.timesteps()).isEqualTo(before.timesteps());
            }
        }

        // four pictures with two noises each in batches of two, or four batches of noise
        assertThat(byOrigin).hasSize(source instanceof LatentSource.Mixture ? 8 : 4);
        assertThat(byOrigin.values().stream().map(drawn -> Arrays.hashCode(drawn.latents())))
                .doesNotHaveDuplicates();
    }

    @Test
    void sets_of_other_settings_are_other_sets() {
        PromptPair larger = PAIR.toBuilder().resolution(72).build();
        PromptPair single = PAIR.toBuilder().batchSize(1).build();
        TimestepRange high = TimestepRange.of(600, 999);
        Stream<NoisyBatch.Origin> origins = Stream.of(
                        draw(POOL, TimestepRange.all(), PAIR, 1),
                        draw(POOL, TimestepRange.all(), larger, 1),
                        draw(POOL, TimestepRange.all(), single, 1),
                        draw(POOL, high, PAIR, 1),
                        draw(new LatentSource.Pool(4, 2, 3, 3), TimestepRange.all(), PAIR, 1),
                        draw(new LatentSource.Pool(4, 2, 2, 2), TimestepRange.all(), PAIR, 1),
                        draw(NOISE, TimestepRange.all(), PAIR, 1),
                        draw(NOISE, TimestepRange.all(), larger, 1),
                        draw(NOISE, TimestepRange.all(), single, 1),
                        draw(NOISE, high, PAIR, 1))
                .map(drawn -> drawn.get(0).batch().origin());

        assertThat(origins.map(NoisyBatch.Origin::set)).doesNotHaveDuplicates();
    }

    @Test
    void a_rollout_that_is_used_again_gives_its_latents_at_several_timesteps() {
        List<Drawn> all = draw(LatentSource.reusedRollout(3), TimestepRange.all(), PAIR, 12);

        assertThat(all).allSatisfy(drawn -> {
            double[] timesteps = drawn.timesteps();
            assertThat(timesteps).hasSizeBetween(BATCH, 3 * BATCH);
            for (int i = 0; i < timesteps.length; i += BATCH) {
                assertThat(timesteps[i + 1]).isEqualTo(timesteps[i]);
            }
            for (int i = BATCH; i < timesteps.length; i += BATCH) {
                assertThat(timesteps[i]).isLessThan(timesteps[i - BATCH]);
            }
        });
        assertThat(all).anySatisfy(drawn -> assertThat(drawn.timesteps()).hasSize(3 * BATCH));
    }

    @Test
    void the_last_of_a_rollout_s_latents_is_what_the_rollout_alone_gives() {
        Drawn several = draw(LatentSource.reusedRollout(3), TimestepRange.all(), PAIR, 1)
                .get(0);
        Drawn last = draw(LatentSource.rollout(), TimestepRange.all(), PAIR, 1).get(0);

        int length = last.latents().length;
        assertThat(Arrays.copyOfRange(several.latents(), several.latents().length - length, several.latents().length))
                .isEqualTo(last.latents());
        assertThat(several.timesteps()).endsWith(last.timesteps());
    }

    @Test
    void rollouts_that_never_stop_within_the_range_are_refused() {
        for (LatentSource source : List.of(LatentSource.rollout(), LatentSource.reusedRollout(2))) {
            TrainingSpec spec = spec(source, TimestepRange.of(990, 999));
            assertThatThrownBy(() -> NoisyLatents.of(tiny.withNewCache(), spec))
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessage("timesteps are 990 to 999, but a rollout of at most 4 steps stops at none of them;"
                            + " expected a wider range or more steps");
        }
    }

    static Stream<TimestepRange> narrowRanges() {
        return Stream.of(
                TimestepRange.of(999, 999),
                TimestepRange.of(990, 995),
                TimestepRange.of(500, 500),
                TimestepRange.of(3, 5),
                TimestepRange.of(0, 0));
    }

    @ParameterizedTest
    @MethodSource("narrowRanges")
    void short_rollouts_reach_every_timestep(TimestepRange range) {
        for (Drawn drawn : draw(LatentSource.shortRollout(3), range, PAIR, 3)) {
            assertThat(Arrays.stream(drawn.timesteps())).allMatch(range::contains);
            for (float value : drawn.latents()) {
                assertThat(value).isFinite();
            }
        }
    }

    @Test
    void noise_is_at_high_timesteps_alone() {
        assertThat(draw(NOISE, TimestepRange.all(), PAIR, 10))
                .allSatisfy(
                        drawn -> assertThat(Arrays.stream(drawn.timesteps())).allMatch(t -> t >= 500));
    }

    @Test
    void no_picture_is_noised_with_the_noise_that_it_was_made_from() {
        PromptPair single = PAIR.toBuilder().batchSize(1).build();
        List<Drawn> batches = draw(new LatentSource.Pool(1, 2, 2, 3), TimestepRange.of(999, 999), single, 10);
        float[] first = batches.get(0).latents();
        float[] second = batches.stream()
                .map(Drawn::latents)
                .filter(latents -> !Arrays.equals(latents, first))
                .findFirst()
                .orElseThrow();

        // the picture is the same in both
        float[] difference = first.clone();
        for (int i = 0; i < difference.length; i++) {
            difference[i] -= second[i];
        }

        assertThat(correlation(difference, new TorchGenerator(0).normal(difference.length)))
                .isBetween(-0.3, 0.3);
    }

    private static double correlation(float[] first, float[] second) {
        double product = 0;
        double squares = 0;
        double otherSquares = 0;
        for (int i = 0; i < first.length; i++) {
            product += first[i] * second[i];
            squares += first[i] * first[i];
            otherSquares += second[i] * second[i];
        }
        return product / Math.sqrt(squares * otherSquares);
    }

    @Test
    void prompts_that_read_alike_when_put_together_have_pools_of_their_own() {
        PromptPair.Builder builder = PromptPair.enhance("krnkmd").resolution(64);
        List<PromptPair> pairs = List.of(
                builder.neutral("1girl\" without \"cat").unconditional("dog").build(),
                builder.neutral("1girl").unconditional("cat\" without \"dog").build());
        try (TinyModel model = new TinyModel(pairs)) {
            NoisyLatents latents = NoisyLatents.of(model.withNewCache(), spec(POOL, TimestepRange.all()));

            assertThat(pairs.stream()
                            .flatMap(pair -> draw(latents, new TorchGenerator(5), pair, 1).stream())
                            .map(drawn -> drawn.batch().origin()))
                    .doesNotHaveDuplicates();
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    void sizes_left_to_chance_vary_and_nothing_is_kept_for_them(LatentSource source) {
        PromptPair dynamic =
                PAIR.toBuilder().resolution(192).dynamicResolution(true).build();

        List<Drawn> all = draw(source, TimestepRange.all(), dynamic, 5);

        assertThat(all).allSatisfy(drawn -> {
            assertThat(drawn.batch().origin()).isNull();
            int height = drawn.batch().size().height();
            int width = drawn.batch().size().width();
            assertThat(List.of(64, 128)).contains(height, width);
            assertThat(drawn.shape()).isEqualTo(new Shape(drawn.timesteps().length, 4, height / 8, width / 8));
        });
        assertThat(all.stream().map(Drawn::shape).distinct()).hasSizeGreaterThan(1);
    }

    @Test
    void a_mixture_takes_its_parts_by_their_weights() {
        LatentSource mixture = LatentSource.mixture(
                new LatentSource.Noise(1, 900).weighing(6), new LatentSource.Noise(0, 0).weighing(2));

        long kept = draw(mixture, TimestepRange.all(), PAIR, 400).stream()
                .filter(drawn -> drawn.batch().origin() != null)
                .count();

        assertThat(kept).isBetween(270L, 330L);
    }

    @Test
    void pictures_of_a_pool_are_drawn_once_for_all_that_share_them() {
        DenoisingModel model = tiny.withNewCache();
        long before = tiny.unet().work();
        draw(NoisyLatents.of(model, spec(POOL, TimestepRange.all())), new TorchGenerator(1), PAIR, 3);
        long drawn = tiny.unet().work();
        LatentSource.Pool smaller = new LatentSource.Pool(3, 1, 2, 3);
        draw(NoisyLatents.of(model, spec(smaller, TimestepRange.of(0, 99))), new TorchGenerator(2), PAIR, 3);

        // four pictures in two steps with guidance
        assertThat(drawn - before).isEqualTo(4 * 2 * 2);
        assertThat(tiny.unet().work()).isEqualTo(drawn);
    }
}
