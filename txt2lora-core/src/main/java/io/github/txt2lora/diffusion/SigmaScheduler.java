package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/** A scheduler on noise levels, which may lie anywhere between those of the training. */
abstract class SigmaScheduler implements Scheduler {

    /** The form of the samples between the steps. */
    enum Form {
        /** {@code x0 + sigma * epsilon}, which becomes what the UNet takes only times alpha. */
        PLAIN,
        /** {@code alpha * x0 + alpha * sigma * epsilon}, which the UNet takes as it is. */
        SCALED
    }

    final SchedulerConfig config;
    final SigmaGrid grid;
    private final Form form;

    SigmaScheduler(SchedulerConfig config, SigmaGrid grid, Form form) {
        this.config = config;
        this.grid = grid;
        this.form = form;
    }

    @Override
    public final double[] timesteps() {
        return grid.timesteps();
    }

    @Override
    public final double initNoiseSigma() {
        return form == Form.SCALED ? 1 : grid.initNoiseSigma(config.timestepSpacing());
    }

    @Override
    public final NDArray scaleModelInput(NDArray sample, int step) {
        double alpha = grid.alpha(config.checkedStep(step));
        return form == Form.SCALED ? sample : sample.mul((float) alpha);
    }

    @Override
    public final NDArray addNoise(NDArray original, NDArray noise, int step) {
        double scale = form == Form.SCALED ? grid.alpha(config.checkedStep(step)) : 1;
        return WeightedSum.of(scale, original, scale * grid.sigma(config.checkedStep(step)), noise);
    }
}
