package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * A scheduler on whole timesteps of the training, that sees a sample as
 * {@code sqrt(alphaBar) * x0 + sqrt(1 - alphaBar) * epsilon} with the training's cumulated alphas: what the UNet takes
 * as it is.
 */
abstract class AlphaScheduler implements Scheduler {

    final SchedulerConfig config;
    final NoiseSchedule schedule;
    private final double[] timesteps;

    AlphaScheduler(SchedulerConfig config) {
        this.config = config;
        schedule = config.noiseSchedule();
        timesteps = TimestepGrid.whole(config.timestepSpacing(), config.steps(), config.stepsOffset());
    }

    @Override
    public final double[] timesteps() {
        return timesteps.clone();
    }

    @Override
    public final double initNoiseSigma() {
        return 1;
    }

    @Override
    public final NDArray scaleModelInput(NDArray sample, int step) {
        config.checkedStep(step);
        return sample;
    }

    @Override
    public final NDArray addNoise(NDArray original, NDArray noise, int step) {
        double alphaBar = alphaBar(step);
        return WeightedSum.of(Math.sqrt(alphaBar), original, Math.sqrt(1 - alphaBar), noise);
    }

    /** The timestep before a step. */
    final int timestep(int step) {
        return (int) timesteps[config.checkedStep(step)];
    }

    /** The cumulated alphas before a step. */
    final double alphaBar(int step) {
        return schedule.alphaCumprod(timestep(step));
    }

    /**
     * {@code x0Weight * x0} plus a combination of sample and output, where the noise-free sample x0 that they stand for
     * is clipped if the run asks for it.
     */
    final NDArray combined(int step, double x0Weight, LinearCombination others, NDArray sample, NDArray modelOutput) {
        double alphaBar = alphaBar(step);
        LinearCombination x0 = config.predictionType().originalSample(Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar));
        if (!config.clipSample()) {
            return x0.times(x0Weight).plus(others).of(sample, modelOutput);
        }
        NDArray previous = others.of(sample, modelOutput);
        try (NDArray unclipped = x0.of(sample, modelOutput);
                NDArray clipped = unclipped.clip(-1, 1)) {
            WeightedSum.add(previous, x0Weight, clipped);
        }
        return previous;
    }
}
