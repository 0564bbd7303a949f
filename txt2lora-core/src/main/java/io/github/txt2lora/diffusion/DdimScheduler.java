package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * DDIM, equation 12 of <a href="https://arxiv.org/abs/2010.02502">Denoising Diffusion Implicit Models</a>.
 *
 * <p>Deterministic with eta 0, where a step is one linear combination of the sample and the UNet's output.
 */
public final class DdimScheduler implements Scheduler {

    private final SchedulerConfig config;
    private final NoiseSchedule schedule;
    private final double[] timesteps;

    DdimScheduler(SchedulerConfig config) {
        this.config = config;
        schedule = config.noiseSchedule();
        timesteps = TimestepGrid.whole(config.timestepSpacing(), config.steps(), config.stepsOffset());
    }

    @Override
    public SchedulerConfig config() {
        return config;
    }

    @Override
    public double[] timesteps() {
        return timesteps.clone();
    }

    @Override
    public double initNoiseSigma() {
        return 1;
    }

    @Override
    public NDArray scaleModelInput(NDArray sample, int step) {
        config.checkedStep(step);
        return sample;
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        int timestep = (int) timesteps[config.checkedStep(step)];
        double alphaBar = schedule.alphaCumprod(timestep);
        double previousAlphaBar = previousAlphaCumprod(timestep);
        double alpha = Math.sqrt(alphaBar);
        double sigma = Math.sqrt(1 - alphaBar);

        double variance = (1 - previousAlphaBar) / (1 - alphaBar) * (1 - alphaBar / previousAlphaBar);
        double deviation = config.eta() * Math.sqrt(variance);
        // Rounding must not push the square below zero where all of the remaining noise is drawn anew.
        double direction = Math.sqrt(Math.max(0, 1 - previousAlphaBar - deviation * deviation));

        LinearCombination originalSample = config.predictionType().originalSample(alpha, sigma);
        LinearCombination towardsNoise =
                config.predictionType().epsilon(alpha, sigma).times(direction);
        double originalWeight = Math.sqrt(previousAlphaBar);
        NDArray previous;
        if (config.clipSample()) {
            previous = towardsNoise.of(sample, modelOutput);
            try (NDArray unclipped = originalSample.of(sample, modelOutput);
                    NDArray clipped = unclipped.clip(-1, 1)) {
                WeightedSum.add(previous, originalWeight, clipped);
            }
        } else {
            previous = originalSample.times(originalWeight).plus(towardsNoise).of(sample, modelOutput);
        }
        if (config.eta() > 0) {
            WeightedSum.addNoise(previous, deviation, noise);
        }
        return previous;
    }

    @Override
    public NDArray addNoise(NDArray original, NDArray noise, int step) {
        double alphaBar = schedule.alphaCumprod((int) timesteps[config.checkedStep(step)]);
        return WeightedSum.of(Math.sqrt(alphaBar), original, Math.sqrt(1 - alphaBar), noise);
    }

    /** A step always goes down by the same number of timesteps, whatever the next timestep of the grid. */
    private double previousAlphaCumprod(int timestep) {
        int previous = timestep - NoiseSchedule.TRAINING_TIMESTEPS / config.steps();
        if (previous >= 0) {
            return schedule.alphaCumprod(previous);
        }
        return config.setAlphaToOne() ? 1 : schedule.alphaCumprod(0);
    }
}
