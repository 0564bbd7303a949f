package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Denoiser.PromptGradient;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import org.junit.jupiter.api.Test;

class PromptGradientTest {

    private static final int SAMPLES = 3;
    private static final double[] TIMESTEPS = {100, 500, 900};
    private static final Shape LATENTS = new Shape(SAMPLES, 4, 8, 8);

    @Test
    void gradient_leads_to_a_larger_loss_also_in_parts_and_recomputed() {
        try (Torch torch = TestTorch.start();
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny");
                UNet unet = UNet.load(torch, checkpoint, Precision.FP32);
                NDManager scope = torch.newScope()) {
            int width = checkpoint.unet().contextWidth();
            NDArray latents = normal(scope, LATENTS, 1);
            NDArray target = normal(scope, LATENTS, 2);
            NDArray context = normal(scope, new Shape(SAMPLES, 77, width), 3);

            PromptGradient whole = gradient(scope, unet, target, latents, context);
            unet.use(new MemoryUse(1, true));
            PromptGradient inParts = gradient(scope, unet, target, latents, context);

            assertThat(inParts.loss()).isCloseTo(whole.loss(), within(1e-5));
            double size = norm(whole.gradient());
            assertThat(size).isPositive();
            assertThat(norm(inParts.gradient().sub(whole.gradient()))).isLessThan(1e-3 * size);
            NDArray step = whole.gradient().mul((float) (0.05 / size));
            assertThat(loss(scope, unet, target, latents, context.sub(step)))
                    .isLessThan(whole.loss())
                    .isLessThan(loss(scope, unet, target, latents, context.add(step)));
        }
    }

    private static PromptGradient gradient(
            NDManager scope, UNet unet, NDArray target, NDArray latents, NDArray context) {
        return unet.promptGradient(scope, target, 1024, latents, TIMESTEPS, new Conditioning(context));
    }

    private static double loss(NDManager scope, UNet unet, NDArray target, NDArray latents, NDArray context) {
        NDArray prediction = unet.predict(scope, latents, TIMESTEPS, new Conditioning(context), 0);
        return HostNumbers.scalar(prediction.sub(target).square().mean());
    }

    private static double norm(NDArray array) {
        return HostNumbers.scalar(array.norm());
    }

    private static NDArray normal(NDManager scope, Shape shape, long seed) {
        return HostNumbers.array(scope, new TorchGenerator(seed).normal(Math.toIntExact(shape.size())), shape);
    }
}
