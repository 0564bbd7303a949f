package io.github.txt2lora.lora;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a LoRA file when a training starts from it. */
class StartingLoraTest {

    private static final String PROJ = "mid_block.attentions.0.proj_in";
    private static final String KEYS = "mid_block.attentions.0.transformer_blocks.0.attn2.to_k";
    private static final int RANK = 4;
    private static final LoraRules RULES = new UNetLoraRules();

    private static final Map<String, List<Long>> SHAPES = shapes();

    private static Torch torch;

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();

    private static Map<String, List<Long>> shapes() {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        shapes.put(PROJ + ".weight", List.of(12L, 10L, 1L, 1L));
        shapes.put("mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight", List.of(12L, 12L));
        shapes.put(KEYS + ".weight", List.of(12L, 9L));
        shapes.put("down_blocks.0.resnets.0.conv1.weight", List.of(8L, 8L, 3L, 3L));
        shapes.put("mid_block.resnets.0.conv1.weight", List.of(12L, 12L, 3L, 3L));
        return shapes;
    }

    @BeforeAll
    static void start() {
        torch = TestTorch.start();
    }

    @AfterAll
    static void stop() {
        torch.close();
    }

    private static LoraSpec.Builder spec() {
        return LoraSpec.builder()
                .rank(RANK)
                .target(LoraTarget.names("mid_block"))
                .type(LoraType.C3LIER);
    }

    /** Starts from a file, and writes what it became. */
    private Path started(Path file, LoraSpec lora) {
        Path out = folder.resolve("out.safetensors");
        TrainingSpec spec = TrainingSpec.builder()
                .lora(lora)
                .method(method -> method.withStart(LoraStart.from(file)))
                .build();
        List<LoraModule> layers = TrainedLayers.of(RULES, SHAPES, spec);
        try (NDManager scope = torch.newScope();
                StartingLora start = StartingLora.open(file, RULES, SHAPES)) {
            LoraParameters parameters =
                    LoraParameters.startingFrom(start, scope, layers, lora, new TorchGenerator(3), warnings::add);
            LoraFile.write(out, parameters, RULES.naming(), Precision.FP32, Map.of(), warnings::add);
        }
        return out;
    }

    private void assertSameEffects(Path expected, Path found, double tolerance) {
        Map<String, float[]> before = LoraFiles.effects(expected);
        Map<String, float[]> after = LoraFiles.effects(found);
        assertThat(after.keySet()).containsAll(before.keySet());
        after.forEach((layer, effect) -> {
            float[] wanted = before.getOrDefault(layer, new float[effect.length]);
            assertThatTensor(effect).as(layer).isCloseTo(wanted, tolerance, 1);
        });
    }

    private static LoraFiles kohya(int rank, double alpha) {
        return new LoraFiles(1)
                .kohya(
                        "lora_unet_mid_block_attentions_0_proj_in",
                        alpha,
                        List.of((long) rank, 10L, 1L, 1L),
                        List.of(12L, (long) rank, 1L, 1L))
                .kohya("lora_unet_" + KEYS.replace('.', '_'), alpha, List.of((long) rank, 9L), List.of(12L, (long)
                        rank))
                .kohya(
                        "lora_unet_mid_block_resnets_0_conv1",
                        alpha,
                        List.of((long) rank, 12L, 3L, 3L),
                        List.of(12L, (long) rank, 1L, 1L));
    }

    @ParameterizedTest
    @CsvSource({"4, 1", "4, 8", "4, 0.3", "1, 1", "3, -2", "2, 0"})
    void a_file_of_the_same_or_a_smaller_rank_keeps_its_effect_whatever_its_alpha(int rank, double alpha) {
        Path file = kohya(rank, alpha).write(folder.resolve("kohya.safetensors"));

        assertSameEffects(file, started(file, spec().alpha(2.5).build()), 1e-5);
    }

    @Test
    void files_of_diffusers_and_peft_keep_their_effect() {
        Path diffusers = new LoraFiles(2)
                .random("unet." + PROJ + ".lora_A.weight", List.of(3L, 10L, 1L, 1L))
                .random("unet." + PROJ + ".lora_B.weight", List.of(12L, 3L, 1L, 1L))
                .random("unet." + KEYS + ".lora_A.weight", List.of(3L, 9L))
                .random("unet." + KEYS + ".lora_B.weight", List.of(12L, 3L))
                .metadata("lora_adapter_metadata", "{\"unet.lora_alpha\": 8}")
                .write(folder.resolve("diffusers.safetensors"));
        Path peft = new LoraFiles(3)
                .random("base_model.model." + KEYS + ".lora_A.weight", ElementType.F16, List.of(2L, 9L))
                .random("base_model.model." + KEYS + ".lora_B.weight", ElementType.F16, List.of(12L, 2L))
                .write(folder.resolve("peft.safetensors"));

        assertSameEffects(diffusers, started(diffusers, spec().build()), 1e-5);
        assertSameEffects(peft, started(peft, spec().build()), 1e-5);
    }

    @Test
    void new_ranks_have_random_downs_and_ups_of_zero_so_that_they_can_learn() {
        Path file = kohya(1, 1).write(folder.resolve("kohya.safetensors"));

        Path out = started(file, spec().build());

        try (LoraSource lora = LoraSource.open(out)) {
            LoraPair keys = lora.pairs().stream()
                    .filter(pair -> pair.name().path().equals(KEYS))
                    .findFirst()
                    .orElseThrow();
            float[] down = keys.down().get();
            float[] up = keys.up().get();
            assertThat(keys.rank()).isEqualTo(RANK);
            for (int column = 1; column < RANK; column++) {
                assertThat(down[column * 9]).isNotZero();
                for (int row = 0; row < 12; row++) {
                    assertThat(up[row * RANK + column]).isZero();
                }
            }
        }
    }

    @Test
    void a_file_of_a_larger_rank_becomes_its_best_approximation_and_a_warning_tells_what_is_lost() {
        Path file = kohya(9, 3).write(folder.resolve("kohya.safetensors"));

        Path out = started(file, spec().build());

        Map<String, float[]> before = LoraFiles.effects(file);
        Map<String, float[]> after = LoraFiles.effects(out);
        try (LoraSource lora = LoraSource.open(file);
                var algebra = new LowRankAlgebra()) {
            for (LoraPair pair : lora.pairs()) {
                SingularValues singular = algebra.decompose(pair).s();
                double least = pair.scale()
                        * Math.sqrt(IntStream.range(RANK, singular.count())
                                .mapToDouble(i -> singular.get(i) * singular.get(i))
                                .sum());
                String layer = pair.name().diffusers();
                assertThat(distance(before.get(layer), after.get(layer)))
                        .as(layer)
                        .isCloseTo(least, within(1e-4 * least));
            }
        }
        assertThat(warnings)
                .anySatisfy(warning -> assertThat(warning)
                        .containsPattern("has a rank of up to 9, of which the smaller rank of 3 modules keeps"
                                + " [4-9]\\d\\.\\d % in the mean and \\d\\d\\.\\d % at least")
                        .endsWith("rank 9 keeps all"));
    }

    private static double distance(float[] one, float[] other) {
        return Math.sqrt(IntStream.range(0, one.length)
                .mapToDouble(i -> one[i] - (double) other[i])
                .map(difference -> difference * difference)
                .sum());
    }

    @Test
    void a_file_of_a_larger_rank_that_needs_no_more_keeps_its_effect() {
        Path small = kohya(2, 2).write(folder.resolve("small.safetensors"));
        LoraSpec large = spec().rank(8).build();
        Path padded = started(small, large);
        Path copy = folder.resolve("padded.safetensors");
        assertThat(padded.toFile().renameTo(copy.toFile())).isTrue();
        warnings.clear();

        assertSameEffects(small, started(copy, spec().build()), 1e-5);
        assertThat(warnings).noneMatch(warning -> warning.contains("rank of up to"));
    }

    @Test
    void truncated_downs_are_as_large_as_new_ones() {
        Path file = kohya(9, 3).write(folder.resolve("kohya.safetensors"));

        try (LoraSource lora = LoraSource.open(started(file, spec().build()))) {
            for (LoraPair pair : lora.pairs()) {
                float[] down = pair.down().get();
                if (pair.name().path().equals(KEYS)) {
                    double mean = IntStream.range(0, down.length)
                            .mapToDouble(i -> (double) down[i] * down[i])
                            .average()
                            .orElseThrow();
                    assertThat(mean).isCloseTo(1 / (3.0 * 9), within(1e-6));
                }
            }
        }
    }

    @Test
    void layers_that_only_one_of_both_has_are_told() {
        Path file = kohya(2, 1)
                .kohya("lora_te_text_model_encoder_layers_0_mlp_fc1", 1, List.of(2L, 8L), List.of(8L, 2L))
                .kohya("lora_unet_down_blocks_0_resnets_0_conv1", 1, List.of(2L, 8L, 3L, 3L), List.of(8L, 2L, 1L, 1L))
                .write(folder.resolve("kohya.safetensors"));

        Path out = started(file, spec().build());

        assertThat(warnings)
                .satisfiesExactly(
                        lost -> assertThat(lost)
                                .contains("not trained here, whose effect is lost")
                                .endsWith(": lora_unet_down_blocks_0_resnets_0_conv1"),
                        text -> assertThat(text)
                                .contains("for text encoders")
                                .endsWith(": lora_te_text_model_encoder_layers_0_mlp_fc1"),
                        added -> assertThat(added).contains("start at zero").endsWith(".attn1.to_q"));
        assertThat(LoraFiles.effects(out)).hasSize(4);
    }

    @Test
    void auto_adds_the_layers_of_the_file_to_cross_attention() {
        Path file = kohya(2, 1).write(folder.resolve("kohya.safetensors"));

        assertSameEffects(
                file, started(file, LoraSpec.builder().target(LoraTarget.AUTO).build()), 1e-5);
        assertThat(warnings).isEmpty();
    }

    @Test
    void a_file_without_any_of_the_layers_is_refused() {
        Path file = kohya(2, 1).write(folder.resolve("kohya.safetensors"));

        assertThatThrownBy(
                        () -> started(file, spec().target(LoraTarget.SELFATTN).build()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll(
                        file.toString(),
                        "has no module for any of the 1 layer to train",
                        "attn1.to_q",
                        "expected a LoRA");
    }

    @Test
    void a_file_for_another_model_is_refused() {
        Path shape = new LoraFiles(1)
                .kohya("lora_unet_" + KEYS.replace('.', '_'), 1, List.of(2L, 16L), List.of(12L, 2L))
                .write(folder.resolve("shape.safetensors"));
        Path layer = new LoraFiles(1)
                .kohya("lora_unet_up_blocks_3_resnets_0_conv2", 1, List.of(2L, 12L, 3L, 3L), List.of(12L, 2L, 1L, 1L))
                .write(folder.resolve("layer.safetensors"));

        assertThatThrownBy(() -> started(shape, spec().build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("shape.safetensors", "16 inputs", "has 9 and 12", "same model family");
        assertThatThrownBy(() -> started(layer, spec().build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("layer.safetensors", "this model lacks", "same model family");
    }

    @Test
    void another_kind_of_network_is_refused() {
        Path loha = new LoraFiles(1)
                .random("lora_unet_" + KEYS.replace('.', '_') + ".hada_w1_a", List.of(12L, 2L))
                .write(folder.resolve("loha.safetensors"));

        assertThatThrownBy(() -> started(loha, spec().build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("loha.safetensors", "a LoHa (LyCORIS)");
    }

    @Test
    void numbers_that_are_not_finite_or_overflow_are_refused() {
        Path nan = new LoraFiles(1)
                .tensor("unet." + KEYS + ".lora_A.weight", List.of(1L, 9L), nans())
                .random("unet." + KEYS + ".lora_B.weight", List.of(12L, 1L))
                .write(folder.resolve("nan.safetensors"));
        Path large = kohya(1, 1e38).write(folder.resolve("large.safetensors"));

        assertThatThrownBy(() -> started(nan, spec().build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("nan.safetensors", "is NaN at index 4");
        assertThatThrownBy(() -> started(large, spec().alpha(1e-3).build()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("large.safetensors", "too large once its alpha");
    }

    private static float[] nans() {
        float[] values = new float[9];
        values[4] = Float.NaN;
        return values;
    }
}
