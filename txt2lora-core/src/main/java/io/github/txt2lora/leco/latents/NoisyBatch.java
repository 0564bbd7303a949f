package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.text.PictureSize;
import org.jspecify.annotations.Nullable;

/**
 * Noisy latents at which predictions are compared.
 *
 * @param latents as the network takes them, [batch, channels, height, width]
 * @param timesteps one for each sample
 * @param size SDXL's size conditioning of the images
 * @param origin where latents come from that may come again, so that the base model's predictions for them are worth
 *     keeping; null for others
 * @param goal the prediction to reach, of latents' shape, where it was computed with the latents; null for others
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record NoisyBatch(
        NDArray latents,
        double[] timesteps,
        PictureSize size,
        @Nullable Origin origin,
        @Nullable NDArray goal) {

    /** Latents whose goal is not known yet. */
    NoisyBatch(NDArray latents, double[] timesteps, PictureSize size, @Nullable Origin origin) {
        this(latents, timesteps, size, origin, null);
    }

    /**
     * A place in a finite set of batches.
     *
     * @param set tells this set from all others
     * @param number of the batch in it
     */
    public record Origin(String set, int number) {}

    public int samples() {
        return timesteps.length;
    }
}
