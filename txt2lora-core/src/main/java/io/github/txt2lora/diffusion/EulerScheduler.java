package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * Euler's method, algorithm 2 without churn of <a href="https://arxiv.org/abs/2206.00364">Elucidating the Design Space
 * of Diffusion-Based Generative Models</a>.
 */
final class EulerScheduler extends SigmaScheduler {

    EulerScheduler(SchedulerConfig config) {
        super(config, SigmaGrid.fractional(config), Form.PLAIN);
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        double change = grid.sigma(config.checkedStep(step) + 1) - grid.sigma(step);
        return grid.extrapolated(step, config.predictionType(), change).of(sample, modelOutput);
    }
}
