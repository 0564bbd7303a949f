package io.github.txt2lora.checkpoint;

/**
 * The latents that a family's denoiser works on.
 *
 * @param channels numbers for each place, 1 or more
 * @param factor pixels per latent along an axis, 1 or more
 * @param imageMultiple number that the sides of images are multiples of; itself a multiple of {@code factor}
 * @param scalingFactor factor from the decoder's latents to the denoiser's, where the model names no other
 * @param overflowsHalf whether the decoder leaves the range of FP16, so that FP32 stands for it
 */
public record LatentSpace(int channels, int factor, int imageMultiple, double scalingFactor, boolean overflowsHalf) {

    /** Checks the numbers. */
    public LatentSpace {
        if (channels < 1 || factor < 1 || imageMultiple < 1 || imageMultiple % factor != 0) {
            throw new IllegalArgumentException("latents have " + channels + " channels, a factor of " + factor
                    + " and images in multiples of " + imageMultiple
                    + "; expected positive numbers, the last a multiple of the factor");
        }
    }

    /** Numbers in the latents of one image. */
    public long size(int height, int width) {
        return (long) channels * (height / factor) * (width / factor);
    }
}
