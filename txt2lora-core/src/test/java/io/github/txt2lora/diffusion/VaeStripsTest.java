package io.github.txt2lora.diffusion;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Working in strips of rows saves memory and changes nothing but the rounding. */
class VaeStripsTest {

    private static final int ALWAYS_STRIPS = 0;
    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest
    @ValueSource(ints = {1, 400, 700})
    void strips_decode_and_encode_as_the_whole_does(int stripPixels) {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny");
                Vae whole = Vae.load(torch, checkpoint, Precision.FP32);
                Vae strips = Vae.load(torch, checkpoint, Precision.FP32, ALWAYS_STRIPS, stripPixels)) {
            NDArray latents = normal(scope, 2, 4, 7, 5);
            NDArray image = normal(scope, 2, 3, 40, 56);

            NDArray decoded = strips.decode(scope, latents);
            NDArray expected = whole.decode(scope, latents);
            assertThatTensor(decoded).isCloseTo(expected, TOLERANCE);
            assertThat(Arrays.equals(decoded.toFloatArray(), expected.toFloatArray()))
                    .as("the strips are not another way to the same numbers")
                    .isFalse();
            assertThatTensor(strips.encode(scope, image).mean())
                    .isCloseTo(whole.encode(scope, image).mean(), TOLERANCE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16"})
    void strips_are_as_precise_as_the_whole(Precision precision) {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny");
                Vae exact = Vae.load(torch, checkpoint, Precision.FP32);
                Vae whole = Vae.load(torch, checkpoint, precision);
                Vae strips = Vae.load(torch, checkpoint, precision, ALWAYS_STRIPS, 400)) {
            NDArray latents = normal(scope, 1, 4, 7, 5);
            NDArray expected = exact.decode(scope, latents);

            assertThat(error(strips.decode(scope, latents), expected))
                    .isLessThan(1.5 * error(whole.decode(scope, latents), expected));
        }
    }

    private static double error(NDArray actual, NDArray expected) {
        return actual.sub(expected).square().mean().sqrt().getFloat();
    }

    private static NDArray normal(NDManager scope, long... sizes) {
        var shape = new Shape(sizes);
        return scope.create(new TorchGenerator(0).normal(Math.toIntExact(shape.size())), shape);
    }
}
