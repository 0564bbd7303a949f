package io.github.txt2lora.leco.latents;

import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.torch.TorchGenerator;

/**
 * Timesteps for the samples of a batch, each uniform and all of them evenly spread, which makes their mean loss vary
 * less (as the antithetic times of Kingma et al., "Variational Diffusion Models", arXiv 2107.00630).
 */
final class SpreadTimesteps {

    /** The golden ratio's fraction, whose multiples fill 0 to 1 evenly. */
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private SpreadTimesteps() {}

    /** Draws one random number for all of them. */
    static double[] draw(TorchGenerator generator, int count, TimestepRange range) {
        return at(generator.uniformDouble(), count, range);
    }

    /**
     * An offset for one of many batches, so that they too are evenly spread, however many there are.
     *
     * @param number of the batch
     */
    static double offset(int number) {
        return number * GOLDEN % 1;
    }

    /**
     * Timesteps in as many equal parts of the range.
     *
     * @param offset 0 to below 1, where in its part each one lies
     */
    static double[] at(double offset, int count, TimestepRange range) {
        int width = range.maximum() - range.minimum() + 1;
        double[] timesteps = new double[count];
        for (int i = 0; i < count; i++) {
            // rounding may lead to the end of the last part
            timesteps[i] = Math.min(range.maximum(), range.minimum() + Math.floor((i + offset) / count * width));
        }
        return timesteps;
    }
}
