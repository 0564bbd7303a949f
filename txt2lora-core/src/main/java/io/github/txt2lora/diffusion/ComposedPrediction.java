package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.HostNumbers;
import java.util.ArrayList;
import java.util.List;

/**
 * Guidance by several prompts, {@code u + scale * sum of mask_i (c_i - u)}: composable diffusion (Liu et al., arXiv
 * 2206.01714) where the masks are numbers, Latent Couple where they are regions. The unconditional u may be put
 * together from regions too. Each prompt goes through the network on its own, so that memory does not grow with their
 * number.
 */
final class ComposedPrediction implements Guidance {

    private final Denoiser denoiser;
    private final double loraStrength;
    private final List<Part> negative;
    private final List<Part> positive;

    /** A part's conditioning, and the factor on its prediction, [1, 1, h, w]. */
    private record Part(Conditioning conditioning, NDArray mask) {}

    private ComposedPrediction(Denoiser denoiser, double loraStrength, List<Part> negative, List<Part> positive) {
        this.denoiser = denoiser;
        this.loraStrength = loraStrength;
        this.negative = negative;
        this.positive = positive;
    }

    /**
     * The prediction for latents of a shape.
     *
     * @param scope owns masks and conditioning
     * @param loraStrength multiplies the LoRA that is attached to the network
     * @param latents [batch, channels, h, w]
     * @param size SDXL's size conditioning
     * @param negative one prompt for the whole image, or several whose regions cover it once
     * @throws io.github.txt2lora.InvalidSettingException if a region is too thin for these latents
     */
    static ComposedPrediction of(
            NDManager scope,
            Denoiser denoiser,
            double loraStrength,
            Shape latents,
            PictureSize size,
            double guidanceScale,
            List<PlacedEmbedding> positive,
            List<PlacedEmbedding> negative) {
        return new ComposedPrediction(
                denoiser,
                loraStrength,
                parts(scope, latents, size, 1, negative),
                parts(scope, latents, size, guidanceScale, positive));
    }

    private static List<Part> parts(
            NDManager scope, Shape latents, PictureSize size, double scale, List<PlacedEmbedding> prompts) {
        int batchSize = Math.toIntExact(latents.get(0));
        int height = Math.toIntExact(latents.get(2));
        int width = Math.toIntExact(latents.get(3));
        List<Part> parts = new ArrayList<>();
        for (PlacedEmbedding prompt : prompts) {
            float[] mask = RegionMask.of(prompt.region(), prompt.weight() * scale, height, width);
            parts.add(new Part(
                    Conditioning.batch(scope, List.of(prompt.embedding()), batchSize, size),
                    HostNumbers.array(scope, mask, new Shape(1, 1, height, width))));
        }
        return parts;
    }

    @Override
    public NDArray predict(NDManager scope, NDArray input, double timestep) {
        NDArray sum = input.zerosLike();
        for (Part part : negative) {
            NDArray prediction = predict(scope, input, timestep, part);
            sum = sum.add(prediction.mul(part.mask()));
        }
        NDArray unconditional = sum;
        NDArray guided = unconditional;
        for (Part part : positive) {
            NDArray conditional = predict(scope, input, timestep, part);
            guided = Guidance.guided(guided, unconditional, conditional, difference -> difference.mul(part.mask()));
        }
        return guided;
    }

    private NDArray predict(NDManager scope, NDArray input, double timestep, Part part) {
        return denoiser.predict(scope, input, timestep, part.conditioning(), loraStrength);
    }
}
