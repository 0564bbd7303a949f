package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.TorchGenerator;

/**
 * Batches of standard normal noise, always the same for the same number, so that the base model's predictions for them
 * can be kept.
 *
 * @param model that predicts
 * @param range range of their timesteps, evenly spread
 * @param seed of the first batch; sets whose seeds are closer than they have batches share some
 */
public record NoiseBatches(DenoisingModel model, TimestepRange range, long seed) {

    /**
     * A batch at the pair's resolution, of its batch size.
     *
     * @param number 0 or more
     */
    public NoisyBatch batch(NDManager scope, PromptPair pair, int number) {
        double[] timesteps = SpreadTimesteps.at(SpreadTimesteps.offset(number), pair.batchSize(), range);
        PromptPair ofOneSize = pair.toBuilder().dynamicResolution(false).build();
        LatentDraw draw = LatentDraw.next(
                new TorchGenerator(seed + number), ofOneSize, model.denoiser().latents(), false);
        var origin = new NoisyBatch.Origin(key(pair), number);
        PictureSize size = PictureSize.uncropped(pair.height(), pair.width());
        return new NoisyBatch(draw.latents(scope), timesteps, size, origin);
    }

    /** A key of everything that the batches and the predictions for them depend on. */
    private String key(PromptPair pair) {
        return pair.batchSize() + " of noise at timesteps " + range.minimum() + " to " + range.maximum() + "/"
                + LatentDraw.pixels(pair) + " pixels/seed " + seed + "/" + model.identity();
    }
}
