package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.SchedulerType;

/**
 * DPM-Solver++ (2M), algorithm 2 of <a href="https://arxiv.org/abs/2211.01095">DPM-Solver++: Fast Solver for Guided
 * Sampling of Diffusion Probabilistic Models</a>. The first and the last step are of first order.
 */
public final class DpmSolverPlusPlusScheduler extends SigmaScheduler {

    private static final int ORDER = 2;

    private final History originalSamples;

    DpmSolverPlusPlusScheduler(SchedulerConfig config) {
        this(config, SigmaGrid.whole(config));
    }

    private DpmSolverPlusPlusScheduler(SchedulerConfig config, SigmaGrid grid) {
        super(config, grid, Form.SCALED);
        originalSamples = new History(config, ORDER);
    }

    /**
     * A run whose first steps lead evenly from the last timestep of the training down to another one, at which it is to
     * be left; one step more would end it.
     *
     * @param timestep 0 to 999
     * @param steps number of steps that lead there, 1 to 999
     * @param parameterization noise process of the model, and the quantity that its UNet predicts
     */
    public static DpmSolverPlusPlusScheduler downTo(int timestep, int steps, Parameterization parameterization) {
        SchedulerConfig config = SchedulerPresets.stableDiffusion(SchedulerType.DPMPP_2M, steps + 1, parameterization);
        return new DpmSolverPlusPlusScheduler(config, SigmaGrid.at(TimestepGrid.downTo(timestep, steps), config));
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        originalSamples.begin(step);
        originalSamples.add(grid.originalSample(step, config.predictionType()).of(sample, modelOutput));

        double h = grid.lambda(step + 1) - grid.lambda(step);
        double sampleWeight = grid.sigma(step + 1) * grid.alpha(step + 1) / (grid.sigma(step) * grid.alpha(step));
        double originalWeight = -grid.alpha(step + 1) * Math.expm1(-h);
        double slope = isSecondOrder(step) ? h / (2 * (grid.lambda(step) - grid.lambda(step - 1))) : 0;

        NDArray previous = WeightedSum.of(sampleWeight, sample, originalWeight * (1 + slope), originalSamples.get(0));
        if (slope != 0) {
            WeightedSum.add(previous, -originalWeight * slope, originalSamples.get(1));
        }
        originalSamples.end();
        return previous;
    }

    /** Steps between equal noise levels, which very many steps bring about, tell nothing of the slope. */
    private boolean isSecondOrder(int step) {
        return step > 0 && step < config.steps() - 1 && grid.sigma(step) < grid.sigma(step - 1);
    }
}
