package io.github.txt2lora.diffusion;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Denoiser.LoraGradient;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.lora.LoraModule;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A pass that computes blocks again gives what a pass that keeps everything gives, up to rounding. */
class RecomputationTest {

    private static final int CHANNELS = 4;
    /** Odd at the coarser levels, so that the way up does not just double. */
    private static final int HEIGHT = 12;

    private static final int WIDTH = 10;
    private static final int TOKENS = 77;
    private static final int SIZES = 6;
    private static final int SIZE_WIDTH = 256;
    private static final double SCALE = 1024;
    private static final LoraSpec SPEC =
            LoraSpec.builder().rank(2).target(LoraTarget.FULL).build();

    /** The layers that get a LoRA. */
    private enum Layers {
        TRANSFORMERS,
        TRANSFORMERS_AND_RESNETS,
        CROSS_ATTENTION,
        /** Also those of the embeddings of time and sizes, which lead to all blocks. */
        ALL;

        List<LoraModule> of(Map<String, List<Long>> weightShapes) {
            var rules = new UNetLoraRules();
            return switch (this) {
                case TRANSFORMERS -> rules.select(weightShapes, SPEC);
                case TRANSFORMERS_AND_RESNETS ->
                    rules.select(
                            weightShapes, SPEC.toBuilder().type(LoraType.C3LIER).build());
                case CROSS_ATTENTION ->
                    rules.select(
                            weightShapes,
                            SPEC.toBuilder().target(LoraTarget.XATTN).build());
                case ALL -> rules.all(weightShapes);
            };
        }
    }

    static Stream<Arguments> cases() {
        return Stream.of("sd1-tiny", "sd2-tiny", "sdxl-tiny")
                .flatMap(model -> Arrays.stream(Precision.values())
                        // a CPU takes long for FP16, and the family has nothing to do with it
                        .filter(precision -> precision != Precision.FP16 || model.equals("sd1-tiny"))
                        .flatMap(precision -> Arrays.stream(Layers.values())
                                // how the layers are chosen has nothing to do with the precision
                                .filter(layers -> precision == Precision.FP32 || layers == Layers.ALL)
                                .map(layers -> arguments(model, precision, layers))));
    }

    /** The largest difference over the largest value; in 16 bits parts differ in the order of their sums. */
    private static double tolerance(Precision precision) {
        return switch (precision) {
            case FP32 -> 1e-5;
            case FP16 -> 1e-2;
            case BF16 -> 5e-2;
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradient_is_that_of_a_pass_that_keeps_everything(String model, Precision precision, Layers layers) {
        try (Torch torch = TestTorch.start();
                Checkpoint checkpoint = GoldenCheckpoints.open(model);
                UNet unet = UNet.load(torch, checkpoint, precision);
                NDManager scope = torch.newScope()) {
            List<LoraModule> modules = layers.of(unet.weightShapes());
            LoraParameters first = lora(scope, modules, 1);
            LoraParameters second = lora(scope, modules, 2);
            var inputs = new Inputs(scope, unet);

            unet.use(MemoryUse.FASTEST);
            List<LoraGradient> kept = gradients(scope, unet, inputs, first, second);
            unet.use(new MemoryUse(Integer.MAX_VALUE, true));
            List<LoraGradient> recomputed = gradients(scope, unet, inputs, first, second);

            for (int i = 0; i < kept.size(); i++) {
                LoraGradient expected = kept.get(i);
                LoraGradient actual = recomputed.get(i);
                assertThat(actual.prediction().toFloatArray())
                        .isEqualTo(expected.prediction().toFloatArray());
                assertThat(actual.loss()).isEqualTo(expected.loss());
                assertThatTensor(actual.gradient())
                        .isCloseTo(expected.gradient().toFloatArray(), tolerance(precision), 0);
                assertThat(expected.gradient().abs().max().getFloat()).isGreaterThan(1e-5f);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void stacked_loras_in_parts_have_the_gradients_of_the_whole(String model, Precision precision, Layers layers) {
        try (Torch torch = TestTorch.start();
                Checkpoint checkpoint = GoldenCheckpoints.open(model);
                UNet unet = UNet.load(torch, checkpoint, precision);
                NDManager scope = torch.newScope()) {
            List<LoraModule> modules = layers.of(unet.weightShapes());
            var inputs = new Inputs(scope, unet);
            LoraParameters.attachTogether(List.of(lora(scope, modules, 1), lora(scope, modules, 2)), unet, scope);

            List<LoraGradient> whole = inputs.stackedGradients(scope, unet);
            unet.use(new MemoryUse(2, true));
            List<LoraGradient> parts = inputs.stackedGradients(scope, unet);

            for (int i = 0; i < whole.size(); i++) {
                assertThatTensor(parts.get(i).prediction())
                        .isCloseTo(whole.get(i).prediction(), tolerance(precision));
                assertThat(parts.get(i).loss())
                        .isCloseTo(
                                whole.get(i).loss(),
                                within(tolerance(precision) * whole.get(i).loss()));
                assertThatTensor(parts.get(i).gradient())
                        .isCloseTo(whole.get(i).gradient().toFloatArray(), tolerance(precision), 0);
            }
        }
    }

    private static LoraParameters lora(NDManager scope, List<LoraModule> modules, int seed) {
        LoraParameters lora = LoraParameters.initialize(scope, modules, SPEC, new TorchGenerator(seed));
        float[] noise =
                new TorchGenerator(seed).normal(Math.toIntExact(lora.vector().size()), 0, 0.05);
        lora.vector().addi(scope.create(noise));
        return lora;
    }

    /** One LoRA, and then both. */
    private static List<LoraGradient> gradients(
            NDManager scope, UNet unet, Inputs inputs, LoraParameters first, LoraParameters second) {
        first.attachTo(unet, scope);
        List<LoraGradient> all = new ArrayList<>();
        all.add(inputs.gradient(scope, unet));
        LoraParameters.attachTogether(List.of(first, second), unet, scope);
        all.addAll(inputs.stackedGradients(scope, unet));
        return all;
    }

    /** Random samples, an equal part of them for each of two LoRAs. */
    private static final class Inputs {

        private static final int SAMPLES = 4;
        private static final double[] TIMESTEPS = {100, 700, 300, 900};
        private static final double[] WEIGHTS = {1, 0.5, 2, 1};

        private final TorchGenerator generator = new TorchGenerator(3);
        private final NDManager scope;
        private final NDArray latents;
        private final NDArray target;
        private final Conditioning conditioning;

        Inputs(NDManager scope, UNet unet) {
            this.scope = scope;
            this.latents = normal(SAMPLES, CHANNELS, HEIGHT, WIDTH);
            this.target = normal(SAMPLES, CHANNELS, HEIGHT, WIDTH);
            long width = unet.weightShapes()
                    .get("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight")
                    .get(1);
            List<Long> addition = unet.weightShapes().get("add_embedding.linear_1.weight");
            this.conditioning = new Conditioning(
                    normal(SAMPLES, TOKENS, width),
                    addition == null ? null : normal(SAMPLES, addition.get(1) - SIZES * SIZE_WIDTH),
                    addition == null ? null : sizes());
        }

        private NDArray sizes() {
            return scope.ones(new Shape(SAMPLES, SIZES)).mul(64);
        }

        private NDArray normal(long... shape) {
            var ofArray = new Shape(shape);
            return scope.create(generator.normal(Math.toIntExact(ofArray.size())), ofArray);
        }

        LoraGradient gradient(NDManager scope, UNet unet) {
            return unet.loraGradient(scope, target, SCALE, WEIGHTS, latents, TIMESTEPS, conditioning, 1);
        }

        List<LoraGradient> stackedGradients(NDManager scope, UNet unet) {
            return unet.loraGradients(
                    scope, target, new double[] {SCALE, 1}, WEIGHTS, latents, TIMESTEPS, conditioning, 1);
        }
    }
}
