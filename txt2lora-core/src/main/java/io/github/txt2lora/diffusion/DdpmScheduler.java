package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * DDPM, equations 6 and 7 of <a href="https://arxiv.org/abs/2006.11239">Denoising Diffusion Probabilistic Models</a>,
 * with the smaller of the paper's two variances.
 */
public final class DdpmScheduler implements Scheduler {

    private static final double SMALLEST_VARIANCE = 1e-20;

    private final SchedulerConfig config;
    private final NoiseSchedule schedule;
    private final double[] timesteps;

    DdpmScheduler(SchedulerConfig config) {
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
        double alphaBar = alphaCumprod(config.checkedStep(step));
        double previousAlphaBar = step + 1 < config.steps() ? alphaCumprod(step + 1) : 1;
        double stepAlpha = alphaBar / previousAlphaBar;
        double remainingNoise = (1 - previousAlphaBar) / (1 - alphaBar);

        double originalWeight = Math.sqrt(previousAlphaBar) * (1 - stepAlpha) / (1 - alphaBar);
        double sampleWeight = Math.sqrt(stepAlpha) * remainingNoise;
        LinearCombination originalSample =
                config.predictionType().originalSample(Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar));
        NDArray previous;
        if (config.clipSample()) {
            try (NDArray unclipped = originalSample.of(sample, modelOutput);
                    NDArray clipped = unclipped.clip(-1, 1)) {
                previous = WeightedSum.of(sampleWeight, sample, originalWeight, clipped);
            }
        } else {
            previous = originalSample
                    .times(originalWeight)
                    .plus(new LinearCombination(sampleWeight, 0))
                    .of(sample, modelOutput);
        }
        if (timesteps[step] > 0) {
            double variance = Math.max(SMALLEST_VARIANCE, remainingNoise * (1 - stepAlpha));
            WeightedSum.addNoise(previous, Math.sqrt(variance), noise);
        }
        return previous;
    }

    @Override
    public NDArray addNoise(NDArray original, NDArray noise, int step) {
        double alphaBar = alphaCumprod(config.checkedStep(step));
        return WeightedSum.of(Math.sqrt(alphaBar), original, Math.sqrt(1 - alphaBar), noise);
    }

    private double alphaCumprod(int step) {
        return schedule.alphaCumprod((int) timesteps[step]);
    }
}
