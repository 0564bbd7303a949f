package io.github.txt2lora.diffusion;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

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
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import org.junit.jupiter.api.Test;

/** A batch of three that goes through the UNet in parts gives what it gives as a whole. */
class SplitBatchTest {

    private static final int BATCH = 3;
    private static final int TOKENS = 77;

    @Test
    void parts_give_the_prediction_loss_and_gradient_of_the_whole() {
        try (Torch torch = TestTorch.start();
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny");
                UNet unet = UNet.load(torch, checkpoint, Precision.FP32);
                NDManager owner = torch.newScope();
                NDManager scope = torch.newScope()) {
            var generator = new TorchGenerator(1);
            LoraSpec spec = LoraSpec.builder().target(LoraTarget.FULL).build();
            LoraParameters parameters = LoraParameters.initialize(
                    owner, new UNetLoraRules().select(unet.weightShapes(), spec), spec, generator);
            parameters.attachTo(unet, owner);
            int width = Math.toIntExact(unet.weightShapes()
                    .get("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight")
                    .get(1));
            NDArray latents = scope.create(generator.normal(BATCH * 4 * 8 * 8), new Shape(BATCH, 4, 8, 8));
            NDArray goal = scope.create(generator.normal(BATCH * 4 * 8 * 8), new Shape(BATCH, 4, 8, 8));
            var conditioning = new Conditioning(
                    scope.create(generator.normal(BATCH * TOKENS * width), new Shape(BATCH, TOKENS, width)));

            NDArray whole = unet.predict(scope, latents, 500, conditioning, 1);
            Denoiser.LoraGradient wholeGradient = unet.loraGradient(scope, goal, 1, latents, 500, conditioning);
            unet.microBatches().limit(2);
            NDArray split = unet.predict(scope, latents, 500, conditioning, 1);
            Denoiser.LoraGradient splitGradient = unet.loraGradient(scope, goal, 1, latents, 500, conditioning);

            assertThat(gradientsIn(scope, parameters))
                    .as("the whole one, and the sum of the parts, which are freed")
                    .isEqualTo(2);
            assertThatTensor(split).isCloseTo(whole.toFloatArray(), 1e-4, 1);
            assertThatTensor(splitGradient.prediction()).isCloseTo(whole.toFloatArray(), 1e-4, 1);
            assertThat(splitGradient.loss()).isCloseTo(wholeGradient.loss(), within(1e-5));
            assertThatTensor(splitGradient.gradient())
                    .isCloseTo(wholeGradient.gradient().toFloatArray(), 1e-5, 1);
            assertThat(wholeGradient.gradient().abs().max().getFloat()).isGreaterThan(1e-4f);
        }
    }

    private static long gradientsIn(NDManager scope, LoraParameters parameters) {
        return scope.getManagedArrays().stream()
                .filter(array -> array.size() == parameters.vector().size())
                .count();
    }
}
