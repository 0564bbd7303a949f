package io.github.txt2lora.diffusion;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.NativeUse;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchException;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls of the networks where memory runs out: they take another way, or fail and leave nothing behind. */
class ScarceMemoryTest {

    private static final int WHOLE = 64 * 64;
    private static final int STRIPS = 4 * 400;

    private static Torch torch;
    private static Checkpoint checkpoint;

    @BeforeAll
    static void open() {
        torch = TestTorch.start();
        checkpoint = GoldenCheckpoints.open("sd1-tiny");
    }

    @AfterAll
    static void close() {
        checkpoint.close();
        torch.close();
    }

    /** Does a task in which the first calls of a network fail for lack of memory. */
    private static <T> T failing(int calls, Supplier<T> task) {
        int[] left = {calls};
        return torch.checkingCalls(
                () -> {
                    if (left[0]-- > 0) {
                        throw new TorchException("CUDA out of memory", true, null);
                    }
                },
                task);
    }

    private static NDArray normal(NDManager scope, long... sizes) {
        var shape = new Shape(sizes);
        return scope.create(new TorchGenerator(0).normal(Math.toIntExact(shape.size())), shape);
    }

    @Test
    void images_are_decoded_one_by_one_and_then_in_strips() {
        try (NDManager scope = torch.newScope();
                Vae vae = Vae.load(torch, checkpoint, Precision.FP32, WHOLE, STRIPS)) {
            NDArray latents = normal(scope, 2, 4, 8, 8);
            NDArray expected = vae.decode(scope, latents);

            NDArray single = failing(2, () -> vae.decode(scope, latents));
            assertThatTensor(single).isCloseTo(expected, 1e-5);
            NDArray strips = failing(2, () -> vae.decode(scope, latents));
            assertThatTensor(strips).isCloseTo(expected, 1e-5);
            assertThat(Arrays.equals(strips.toFloatArray(), single.toFloatArray()))
                    .as("the strips are not another way to the same numbers")
                    .isFalse();
        }
    }

    @Test
    void an_image_that_never_fits_leaves_nothing_behind() {
        try (NDManager scope = torch.newScope();
                Vae vae = Vae.load(torch, checkpoint, Precision.FP32)) {
            NDArray latents = normal(scope, 3, 4, 8, 8);
            vae.decode(scope, latents).close();
            NativeUse before = torch.nativeUse();

            assertThatThrownBy(() -> failing(Integer.MAX_VALUE, () -> vae.decode(scope, latents)))
                    .isInstanceOf(TorchException.class)
                    .hasMessageStartingWith("memory does not suffice for a single sample");
            assertThat(torch.nativeUse().bytes()).isLessThan(before.bytes() + 1000);
        }
    }

    @Test
    void a_gradient_is_recomputed_where_a_single_sample_does_not_fit_and_it_may_be() {
        try (NDManager scope = torch.newScope();
                UNet unet = UNet.load(torch, checkpoint, Precision.FP32)) {
            LoraSpec spec = LoraSpec.builder().target(LoraTarget.FULL).build();
            LoraParameters.initialize(
                            scope, new UNetLoraRules().select(unet.weightShapes(), spec), spec, new TorchGenerator(1))
                    .attachTo(unet, scope);
            long width = unet.weightShapes()
                    .get("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight")
                    .get(1);
            NDArray latents = normal(scope, 1, 4, 8, 8);
            var conditioning = new Conditioning(normal(scope, 1, 77, width));
            Supplier<Denoiser.LoraGradient> gradient =
                    () -> unet.loraGradient(scope, latents.mul(2), 1, latents, 500, conditioning);
            Denoiser.LoraGradient expected = gradient.get();

            assertThatThrownBy(() -> failing(2, gradient)).isInstanceOf(TorchException.class);
            unet.use(MemoryUse.FASTEST.recomputingWhenShort());
            assertThatTensor(failing(2, gradient).gradient()).isCloseTo(expected.gradient(), 1e-5);
            assertThatThrownBy(() -> failing(4, gradient))
                    .as("recomputed already")
                    .isInstanceOf(TorchException.class);
        }
    }
}
