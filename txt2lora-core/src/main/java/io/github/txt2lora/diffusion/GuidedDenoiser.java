package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.text.Conditioning;

/**
 * Takes the first steps of a scheduler with classifier-free guidance, {@code u + scale (c - u)} (Ho, Salimans, arXiv
 * 2207.12598): the rollout of a training and the drawing of a picture.
 */
public final class GuidedDenoiser {

    private final UNet unet;
    private final double loraStrength;

    /**
     * A denoiser.
     *
     * @param loraStrength multiplies the LoRA that is attached to the network; 0 turns it off
     */
    public GuidedDenoiser(UNet unet, double loraStrength) {
        this.unet = unet;
        this.loraStrength = loraStrength;
    }

    /**
     * Denoises.
     *
     * @param scheduler a fresh one
     * @param steps how many of its steps to take
     * @param latents what to start from, already times the scheduler's initial sigma, [batch, 4, h, w]
     * @param noise where samplers that add noise get it from
     * @return the latents after {@code steps} steps, owned by the scope
     */
    public NDArray run(
            NDManager scope,
            Scheduler scheduler,
            int steps,
            NDArray latents,
            Guidance guidance,
            NoiseSource noise,
            StepHook hook) {
        return run(
                scope,
                scheduler,
                steps,
                latents,
                (owner, input, timestep) -> predict(owner, input, timestep, guidance),
                noise,
                hook);
    }

    /** Denoises by any prediction, as {@link #run(NDManager, Scheduler, int, NDArray, Guidance, NoiseSource, StepHook)}. */
    static NDArray run(
            NDManager scope,
            Scheduler scheduler,
            int steps,
            NDArray latents,
            NoisePrediction guided,
            NoiseSource noise,
            StepHook hook) {
        NDArray sample = latents;
        double[] timesteps = scheduler.timesteps();
        for (int i = 0; i < steps; i++) {
            NDArray input = scheduler.scaleModelInput(sample, i);
            NDArray prediction = guided.predict(scope, input, timesteps[i]);
            hook.afterPrediction(i, prediction);
            sample = scheduler.step(prediction, i, sample, noise);
            hook.afterStep(i, sample);
        }
        return sample;
    }

    private NDArray predict(NDManager scope, NDArray input, double timestep, Guidance guidance) {
        if (guidance.scale() == 1) {
            return unet.predict(scope, input, timestep, guidance.conditioning(), loraStrength);
        }
        long batchSize = input.getShape().get(0);
        NDArray both = unet.predict(
                scope, NDArrays.concat(new NDList(input, input), 0), timestep, guidance.conditioning(), loraStrength);
        NDArray unconditional = both.get("0:" + batchSize);
        NDArray conditional = both.get(batchSize + ":");
        return unconditional.add(conditional.sub(unconditional).mul((float) guidance.scale()));
    }

    /** The noise (or v) that the steps follow, with guidance. */
    @FunctionalInterface
    interface NoisePrediction {

        /** Predicts for latents as the scheduler scales them; the scope owns the result. */
        NDArray predict(NDManager scope, NDArray input, double timestep);
    }

    /**
     * What the steps follow.
     *
     * @param conditioning unconditional rows, then conditional rows; conditional rows alone at scale 1
     * @param scale the guidance scale
     */
    public record Guidance(Conditioning conditioning, double scale) {

        /** The conditional prediction as it is. */
        public static Guidance none(Conditioning conditional) {
            return new Guidance(conditional, 1);
        }
    }

    /** Runs on the way; what it throws ends the run. */
    public interface StepHook {

        /** Does nothing. */
        StepHook NONE = new StepHook() {};

        /** Sees what a step follows, before it is taken. */
        default void afterPrediction(int step, NDArray prediction) {}

        /** Sees the latents after a step. */
        default void afterStep(int step, NDArray latents) {}
    }
}
