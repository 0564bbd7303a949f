package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * Euler's method, algorithm 2 without churn of <a href="https://arxiv.org/abs/2206.00364">Elucidating the Design Space
 * of Diffusion-Based Generative Models</a>. Samples have the form {@code x0 + sigma * epsilon}.
 */
public final class EulerScheduler implements Scheduler {

    private final SchedulerConfig config;
    private final SigmaGrid grid;

    EulerScheduler(SchedulerConfig config) {
        this.config = config;
        grid = SigmaGrid.fractional(config);
    }

    @Override
    public SchedulerConfig config() {
        return config;
    }

    @Override
    public double[] timesteps() {
        return grid.timesteps();
    }

    @Override
    public double initNoiseSigma() {
        return grid.initNoiseSigma(config.timestepSpacing());
    }

    @Override
    public NDArray scaleModelInput(NDArray sample, int step) {
        return sample.mul((float) grid.alpha(config.checkedStep(step)));
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        double change = grid.sigma(config.checkedStep(step) + 1) - grid.sigma(step);
        return grid.extrapolated(step, config.predictionType(), change).of(sample, modelOutput);
    }

    @Override
    public NDArray addNoise(NDArray original, NDArray noise, int step) {
        return WeightedSum.of(1, original, grid.sigma(config.checkedStep(step)), noise);
    }
}
