package io.github.txt2lora.leco;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;

/**
 * What chance decides at the start of an iteration.
 *
 * @param promptIndex which prompt pair is trained
 * @param denoisingSteps how many steps the rollout takes, 1 to one less than the most
 * @param height of the picture in pixels
 * @param width of the picture in pixels
 * @param noise standard normal latents, [batch, 4, height / 8, width / 8] in row-major order
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record LecoDraw(int promptIndex, int denoisingSteps, int height, int width, float[] noise) {

    /** Side of the picture over side of the latents. */
    static final int LATENT_FACTOR = 8;

    /** Channels of latents. */
    static final int LATENT_CHANNELS = 4;

    /** Dynamic resolution draws sides in multiples of this. */
    private static final int BUCKET_STEP = 64;

    /** Draws in LECO's order: prompt, number of steps, height and width if they are dynamic, latents. */
    static LecoDraw next(TorchGenerator generator, List<PromptPair> pairs, int maxDenoisingSteps) {
        int promptIndex = (int) generator.randint(0, pairs.size());
        int denoisingSteps = (int) generator.randint(1, maxDenoisingSteps);
        PromptPair pair = pairs.get(promptIndex);
        int height = pair.resolution();
        int width = pair.resolution();
        if (pair.dynamicResolution()) {
            height = dynamicSide(generator, pair.resolution());
            width = dynamicSide(generator, pair.resolution());
        }
        int count = pair.batchSize() * LATENT_CHANNELS * (height / LATENT_FACTOR) * (width / LATENT_FACTOR);
        return new LecoDraw(promptIndex, denoisingSteps, height, width, generator.normal(count));
    }

    /** From half the resolution up to, and not including, the resolution itself. */
    private static int dynamicSide(TorchGenerator generator, int resolution) {
        return (int) generator.randint(resolution / 2 / BUCKET_STEP, resolution / BUCKET_STEP) * BUCKET_STEP;
    }
}
