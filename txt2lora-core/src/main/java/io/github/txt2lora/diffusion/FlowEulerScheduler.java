package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.InvalidSettingException;

/** Euler's method along the straight lines of {@link FlowMatching}. */
final class FlowEulerScheduler implements Scheduler {

    /** One more than there are steps: the last is 0, the image. */
    private final double[] sigmas;

    FlowEulerScheduler(double[] sigmas) {
        this.sigmas = sigmas.clone();
    }

    @Override
    public double[] timesteps() {
        double[] timesteps = new double[sigmas.length - 1];
        for (int i = 0; i < timesteps.length; i++) {
            timesteps[i] = sigmas[i] * NoiseProcess.TRAINING_TIMESTEPS;
        }
        return timesteps;
    }

    @Override
    public double initNoiseSigma() {
        return 1;
    }

    @Override
    public NDArray scaleModelInput(NDArray sample, int step) {
        requireStep(step);
        return sample;
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        requireStep(step);
        return WeightedSum.of(1, sample, sigmas[step + 1] - sigmas[step], modelOutput);
    }

    @Override
    public NDArray addNoise(NDArray original, NDArray noise, int step) {
        requireStep(step);
        return WeightedSum.of(1 - sigmas[step], original, sigmas[step], noise);
    }

    private void requireStep(int step) {
        if (step < 0 || step >= sigmas.length - 1) {
            throw new InvalidSettingException("There is no step " + step + " in a run of " + (sigmas.length - 1)
                    + " steps of flow matching, numbered from 0");
        }
    }
}
