package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.diffusion.GuidedDenoiser.NoisePrediction;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import java.util.ArrayList;
import java.util.List;

/**
 * Guidance by several prompts, {@code u + scale * sum of mask_i (c_i - u)}: composable diffusion (Liu et al., arXiv
 * 2206.01714) where the masks are numbers, Latent Couple where they are regions. Each prompt goes through the network
 * on its own, so that memory does not grow with their number.
 */
final class ComposedPrediction implements NoisePrediction {

    private final UNet unet;
    private final Conditioning negative;
    private final List<Part> parts;

    /** What a part is conditioned on, and its mask times the guidance scale, [1, 1, h, w]. */
    private record Part(Conditioning conditioning, NDArray mask) {}

    private ComposedPrediction(UNet unet, Conditioning negative, List<Part> parts) {
        this.unet = unet;
        this.negative = negative;
        this.parts = parts;
    }

    /**
     * The prediction for latents of a shape.
     *
     * @param scope owns masks and conditioning
     * @param latents [batch, 4, h, w]
     * @param size what SDXL is told of the picture
     * @throws io.github.txt2lora.InvalidSettingException if a region is too thin for these latents
     */
    static ComposedPrediction of(
            NDManager scope,
            UNet unet,
            Shape latents,
            PictureSize size,
            double guidanceScale,
            List<PlacedEmbedding> prompts,
            PromptEmbedding negative) {
        int batchSize = Math.toIntExact(latents.get(0));
        int height = Math.toIntExact(latents.get(2));
        int width = Math.toIntExact(latents.get(3));
        List<Part> parts = new ArrayList<>();
        for (PlacedEmbedding prompt : prompts) {
            float[] mask = RegionMask.of(prompt.region(), prompt.weight() * guidanceScale, height, width);
            parts.add(new Part(
                    Conditioning.batch(scope, List.of(prompt.embedding()), batchSize, size),
                    scope.create(mask, new Shape(1, 1, height, width))));
        }
        return new ComposedPrediction(unet, Conditioning.batch(scope, List.of(negative), batchSize, size), parts);
    }

    @Override
    public NDArray predict(NDManager scope, NDArray input, double timestep) {
        NDArray unconditional = unet.predict(scope, input, timestep, negative, 1);
        NDArray guided = unconditional;
        for (Part part : parts) {
            NDArray conditional = unet.predict(scope, input, timestep, part.conditioning(), 1);
            guided = guided.add(conditional.sub(unconditional).mul(part.mask()));
        }
        return guided;
    }
}
