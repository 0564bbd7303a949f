package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Takes the first steps of a scheduler: the rollout of a training and the drawing of an image.
 *
 * @param scheduler a fresh one
 * @param guidance the guidance that the steps follow
 * @param noise the source of noise for schedulers that add noise
 * @param hook sees the steps
 */
public record GuidedDenoiser(Scheduler scheduler, Guidance guidance, NoiseSource noise, StepHook hook) {

    /**
     * Denoises.
     *
     * @param steps number of steps
     * @param latents latents to start from, already times the scheduler's initial sigma, [batch, channels, h, w]
     * @return the latents after {@code steps} steps, owned by the scope
     */
    public NDArray run(NDManager scope, int steps, NDArray latents) {
        NDArray sample = latents;
        double[] timesteps = scheduler.timesteps();
        for (int i = 0; i < steps; i++) {
            NDArray input = scheduler.scaleModelInput(sample, i);
            NDArray prediction = guidance.predict(scope, input, timesteps[i]);
            hook.afterPrediction(i, prediction);
            sample = scheduler.step(prediction, i, sample, noise);
            hook.afterStep(i, sample);
        }
        return sample;
    }

    /** Runs on the way; its exceptions end the run. */
    public interface StepHook {

        /** Does nothing. */
        StepHook NONE = new StepHook() {};

        /** Sees what a step follows, before it is taken. */
        default void afterPrediction(int step, NDArray prediction) {}

        /** Sees the latents after a step. */
        default void afterStep(int step, NDArray latents) {}
    }
}
