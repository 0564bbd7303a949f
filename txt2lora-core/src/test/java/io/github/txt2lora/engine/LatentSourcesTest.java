package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.checkpoint.TensorView;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every family trains on latents of every source. */
class LatentSourcesTest {

    private static final LatentSource.Pool POOL = new LatentSource.Pool(4, 2, 2, 3);
    private static final LatentSource.Noise NOISE = new LatentSource.Noise(4, 500);

    @TempDir
    static Path models;

    @TempDir
    Path folder;

    private static final Map<StableDiffusion, Path> FOLDERS = new EnumMap<>(StableDiffusion.class);

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @BeforeAll
    static void open() {
        for (StableDiffusion family : StableDiffusion.values()) {
            FOLDERS.put(family, SyntheticCheckpoint.write(models.resolve(family.name()), family));
        }
    }

    static Stream<Arguments> sourcesOfFamilies() {
        // all sources of a family in a row, so that its model stays loaded
        return Arrays.stream(StableDiffusion.values())
                .flatMap(family -> sources(family).map(source -> Arguments.of(family, source)));
    }

    /** All sources for one family, and for the others one with rollouts, one with images and one with noise. */
    private static Stream<LatentSource> sources(StableDiffusion family) {
        return family == StableDiffusion.SDXL
                ? Stream.of(
                        LatentSource.rollout(),
                        LatentSource.reusedRollout(2),
                        LatentSource.shortRollout(2),
                        POOL,
                        NOISE,
                        new LatentSource.Noise(0, 500),
                        LatentSource.mixture(
                                LatentSource.shortRollout(1).weighing(1), POOL.weighing(1), NOISE.weighing(1)))
                : Stream.of(LatentSource.reusedRollout(2), POOL, NOISE);
    }

    private static TrainingSpec.Builder spec(StableDiffusion family, LatentSource source) {
        TrainingSpec.Builder spec = TrainingSpec.builder()
                .method(Tiny.keeping(source))
                .iterations(2)
                .method(method -> method.withRollout(rollout -> rollout.withSteps(3)))
                .saving(saving -> saving.withPrecision(Precision.FP32));
        return family == StableDiffusion.SD2
                ? spec.modelUse(use ->
                        use.withPredictionType(PredictionType.V_PREDICTION).withTerminalSnr(TerminalSnr.ZERO))
                : spec.modelUse(use -> use.withPredictionType(PredictionType.EPSILON));
    }

    private TrainedLora train(StableDiffusion family, TrainingSpec.Builder spec) {
        return train(family, spec, pair());
    }

    private TrainedLora train(StableDiffusion family, TrainingSpec.Builder spec, PromptPair pair) {
        return engine.train(LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.folder(FOLDERS.get(family)))
                .prompt(pair)
                .prompt(PromptPair.preserve("tree").resolution(64).build())
                .spec(spec.build())
                .output(folder)
                .build());
    }

    private static PromptPair pair() {
        return PromptPair.enhance("krnkmd")
                .positive("cat ears, maid")
                .neutral("1girl")
                .resolution(64)
                .build();
    }

    private static void assertFinite(Path lora) {
        try (SafetensorsFile file = SafetensorsFile.open(lora)) {
            for (TensorView tensor : file.tensors()) {
                for (float value : tensor.toFloats()) {
                    assertThat(value).as(tensor.name()).isFinite();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sourcesOfFamilies")
    void trains_and_measures_what_it_has_learned(StableDiffusion family, LatentSource source) {
        TrainedLora lora = train(family, spec(family, source));

        assertThat(lora.losses()).hasSize(2).allMatch(loss -> Double.isFinite(loss) && loss > 0);
        assertThat(lora.warnings()).isEmpty();
        assertThat(lora.unetSamples()).isPositive();
        assertFinite(lora.file());
        LoraQuality quality = lora.quality().orElseThrow();
        assertThat(quality.gap()).isPositive().isFinite();
        assertThat(quality.drift()).isPositive().isFinite();
        assertThat(quality.driftAtStart()).isZero();
        assertThat(quality.gaps()).isEmpty();
    }

    @Test
    void leco_s_method_measures_nothing() {
        TrainedLora lora = engine.train(Tiny.training(
                        folder, Tiny.spec(1).method(method -> method.withRollout(rollout -> rollout.withSteps(2))))
                .build());

        assertThat(lora.quality()).isEmpty();
        // one step of the rollout with guidance, three teachers, and the LoRA forward and backward
        assertThat(lora.unetSamples()).isEqualTo(2 + 3 + 3);
    }

    @Test
    void a_range_of_timesteps_and_min_snr_are_trained_too() {
        TrainingMethod method =
                Tiny.keeping(POOL).withTimesteps(TimestepRange.of(100, 300)).withLossWeighting(LossWeighting.minSnr());

        for (StableDiffusion family : StableDiffusion.values()) {
            TrainedLora lora = train(family, spec(family, POOL).method(method));
            assertThat(lora.losses()).allMatch(loss -> Double.isFinite(loss) && loss > 0);
            assertFinite(lora.file());
        }
    }

    @Test
    void sizes_and_crops_left_to_chance_are_trained_too() {
        PromptPair dynamic = pair().toBuilder()
                .resolution(128)
                .dynamicResolution(true)
                .dynamicCrops(true)
                .batchSize(2)
                .build();

        for (LatentSource source : List.of(POOL, NOISE, LatentSource.shortRollout(1))) {
            TrainedLora lora = train(StableDiffusion.SDXL, spec(StableDiffusion.SDXL, source), dynamic);
            assertThat(lora.losses()).allMatch(loss -> Double.isFinite(loss) && loss > 0);
            assertThat(lora.quality().orElseThrow().gap()).isPositive().isFinite();
        }
    }

    @Test
    void a_range_that_no_rollout_reaches_fails_with_what_to_change() {
        TrainingMethod method = TrainingMethod.leco()
                .withTimesteps(TimestepRange.of(990, 999))
                .withRollout(rollout -> rollout.withSteps(3));

        assertThatThrownBy(() -> train(
                        StableDiffusion.SD1,
                        spec(StableDiffusion.SD1, LatentSource.rollout()).method(method)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("a rollout of at most 3 steps stops at none of them");
    }
}
