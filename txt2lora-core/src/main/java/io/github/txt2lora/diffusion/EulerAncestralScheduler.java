package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * Euler's method with ancestral sampling: a step goes below the next noise level and fresh noise leads back up to it,
 * split as in DDPM; the ancestral sampler (appendix F) of <a href="https://arxiv.org/abs/2011.13456">Score-Based
 * Generative Modeling through Stochastic Differential Equations</a>.
 */
final class EulerAncestralScheduler extends SigmaScheduler {

    EulerAncestralScheduler(SchedulerConfig config) {
        super(config, SigmaGrid.fractional(config), Form.PLAIN);
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        double from = grid.sigma(config.checkedStep(step));
        double to = grid.sigma(step + 1);
        double up = to / from * Math.sqrt(from * from - to * to);
        double down = to * to / from;
        NDArray previous =
                grid.extrapolated(step, config.predictionType(), down - from).of(sample, modelOutput);
        WeightedSum.addNoise(previous, up, noise);
        return previous;
    }
}
