package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * DDPM, equations 6 and 7 of <a href="https://arxiv.org/abs/2006.11239">Denoising Diffusion Probabilistic Models</a>,
 * with the smaller of the paper's two variances.
 */
final class DdpmScheduler extends AlphaScheduler {

    private static final double SMALLEST_VARIANCE = 1e-20;

    DdpmScheduler(SchedulerConfig config) {
        super(config);
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        double alphaBar = alphaBar(step);
        double previousAlphaBar = step + 1 < config.steps() ? alphaBar(step + 1) : 1;
        double stepAlpha = alphaBar / previousAlphaBar;
        double remainingNoise = (1 - previousAlphaBar) / (1 - alphaBar);

        double originalWeight = Math.sqrt(previousAlphaBar) * (1 - stepAlpha) / (1 - alphaBar);
        var sampleItself = new LinearCombination(Math.sqrt(stepAlpha) * remainingNoise, 0);
        NDArray previous = combined(step, originalWeight, sampleItself, sample, modelOutput);
        if (timestep(step) > 0) {
            double variance = Math.max(SMALLEST_VARIANCE, remainingNoise * (1 - stepAlpha));
            WeightedSum.addNoise(previous, Math.sqrt(variance), noise);
        }
        return previous;
    }
}
