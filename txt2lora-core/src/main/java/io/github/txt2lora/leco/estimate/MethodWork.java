package io.github.txt2lora.leco.estimate;

import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.leco.latents.LatentsPlan;

/**
 * The work of a training, in forward evaluations of the denoiser for each image of a batch; a backward pass counts as
 * two.
 *
 * @param evaluations of the whole training, at the most
 * @param comparedSamples that go through the network with a gradient, in each iteration
 */
record MethodWork(double evaluations, double comparedSamples) {

    private static final int FORWARD_AND_BACKWARD = 3;

    /** The work of a training. */
    public static MethodWork of(TrainingSpec spec) {
        double steps = (double) spec.iterations() * spec.gradientAccumulationSteps();
        double prompts = spec.method().preservation().joint() ? 2 : 1;
        LatentsPlan latents = LatentsPlan.of(spec.method().latents());
        double compared = prompts * latents.states();
        return new MethodWork(
                latents.evaluations().applyAsDouble(steps) + steps * compared * FORWARD_AND_BACKWARD, compared);
    }
}
