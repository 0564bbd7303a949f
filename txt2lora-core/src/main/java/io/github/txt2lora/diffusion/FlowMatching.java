package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.torch.HostNumbers;
import java.util.Arrays;

/**
 * The noise process of <a href="https://arxiv.org/abs/2210.02747">Flow Matching for Generative Modeling</a> along
 * straight lines, {@code x_s = (1 - s) x0 + s noise} with s from 0 to 1, of which the network predicts the velocity
 * {@code noise - x0}. A timestep is 1000 s. All steps are Euler's, whatever scheduler is asked for, since the others
 * are for other processes.
 *
 * @param shift bias of the steps towards high noise: even u in 1 to 0 become
 *     {@code shift u / (1 + (shift - 1) u)}; above 0, 1 for even steps
 */
public record FlowMatching(double shift) implements NoiseProcess {

    /** Checks the shift. */
    public FlowMatching {
        if (!(shift > 0 && Double.isFinite(shift))) {
            throw new InvalidSettingException("The shift of flow matching is " + shift + "; expected a number above 0");
        }
    }

    @Override
    public Scheduler rollout(SchedulerType scheduler, int steps) {
        return fewSteps(steps);
    }

    @Override
    public Scheduler drawing(SchedulerType scheduler, int steps) {
        return fewSteps(steps);
    }

    @Override
    public Scheduler fewSteps(int steps) {
        requireSteps(steps);
        double[] sigmas = new double[steps + 1];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = shifted(1 - (double) i / steps);
        }
        return new FlowEulerScheduler(sigmas);
    }

    @Override
    public Scheduler downTo(int timestep, int steps) {
        requireSteps(steps);
        double last = even((double) timestep / TRAINING_TIMESTEPS);
        double[] sigmas = new double[steps + 2];
        for (int i = 0; i <= steps; i++) {
            sigmas[i] = shifted(1 + (last - 1) * i / steps);
        }
        return new FlowEulerScheduler(sigmas);
    }

    private double shifted(double u) {
        return shift * u / (1 + (shift - 1) * u);
    }

    /** The inverse of {@link #shifted}. */
    private double even(double sigma) {
        return sigma / (shift - (shift - 1) * sigma);
    }

    private static void requireSteps(int steps) {
        if (steps < 1 || steps > TRAINING_TIMESTEPS) {
            throw new InvalidSettingException(
                    "Flow matching cannot run " + steps + " steps; expected 1 to " + TRAINING_TIMESTEPS);
        }
    }

    @Override
    public NDArray addNoise(NDArray original, NDArray noise, double[] timesteps) {
        float[] sigmas = new float[timesteps.length];
        for (int i = 0; i < sigmas.length; i++) {
            sigmas[i] = (float) (timesteps[i] / TRAINING_TIMESTEPS);
        }
        try (NDArray level = HostNumbers.array(original.getManager(), sigmas, onePerSample(original, sigmas.length));
                NDArray change = noise.sub(original)) {
            return original.add(change.muli(level));
        }
    }

    @Override
    public NDArray perfectPrediction(NDArray original, NDArray noise, double[] timesteps) {
        return noise.sub(original);
    }

    /** The shape of numbers that multiply the entries of a batch. */
    private static Shape onePerSample(NDArray batch, int samples) {
        long[] sides = new long[batch.getShape().dimension()];
        Arrays.fill(sides, 1);
        sides[0] = samples;
        return new Shape(sides);
    }

    /** The weight of the velocity's error that makes an error of the image count {@code min(snr, gamma)} times. */
    @Override
    public double minSnrWeight(double timestep, double gamma) {
        double sigma = timestep / TRAINING_TIMESTEPS;
        return Math.min((1 - sigma) * (1 - sigma), gamma * sigma * sigma);
    }

    @Override
    public boolean predictsVelocity() {
        return true;
    }

    @Override
    public boolean zeroTerminalSnr() {
        return false;
    }
}
