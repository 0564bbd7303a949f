package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * DDIM, equation 12 of <a href="https://arxiv.org/abs/2010.02502">Denoising Diffusion Implicit Models</a>.
 *
 * <p>Deterministic with eta 0, where a step is one linear combination of the sample and the UNet's output.
 */
final class DdimScheduler extends AlphaScheduler {

    DdimScheduler(SchedulerConfig config) {
        super(config);
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        double alphaBar = alphaBar(step);
        double previousAlphaBar = previousAlphaBar(step);

        double variance = (1 - previousAlphaBar) / (1 - alphaBar) * (1 - alphaBar / previousAlphaBar);
        double deviation = config.eta() * Math.sqrt(variance);
        // Rounding must not push the square below zero where all of the remaining noise is drawn again.
        double direction = Math.sqrt(Math.max(0, 1 - previousAlphaBar - deviation * deviation));

        LinearCombination epsilon = config.predictionType().epsilon(Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar));
        NDArray previous = combined(step, Math.sqrt(previousAlphaBar), epsilon.times(direction), sample, modelOutput);
        if (config.eta() > 0) {
            WeightedSum.addNoise(previous, deviation, noise);
        }
        return previous;
    }

    /** A step always goes down by the same number of timesteps, whatever the next timestep of the grid. */
    private double previousAlphaBar(int step) {
        int previous = timestep(step) - NoiseSchedule.TRAINING_TIMESTEPS / config.steps();
        if (previous >= 0) {
            return schedule.alphaCumprod(previous);
        }
        return config.setAlphaToOne() ? 1 : schedule.alphaCumprod(0);
    }
}
