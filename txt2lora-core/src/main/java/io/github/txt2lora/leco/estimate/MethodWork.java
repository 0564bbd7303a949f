package io.github.txt2lora.leco.estimate;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LatentSource.Share;
import io.github.txt2lora.TrainingSpec;

/**
 * The work of a training, in forward evaluations of the denoiser for each image of a batch; a backward pass counts as
 * two.
 *
 * @param evaluations of the whole training, at the most
 * @param comparedSamples that go through the network with a gradient, in each iteration
 */
record MethodWork(double evaluations, double comparedSamples) {

    private static final int FORWARD_AND_BACKWARD = 3;

    /** The target's, the neutral and the unconditional prompt's, or one to keep. */
    private static final int TEACHER_PROMPTS = 3;

    private static final int WITH_GUIDANCE = 2;

    /** The work of a training. */
    public static MethodWork of(TrainingSpec spec) {
        double steps = (double) spec.iterations() * spec.gradientAccumulationSteps();
        double prompts = spec.method().preservation().joint() ? 2 : 1;
        LatentSource latents = spec.method().latents();
        double compared = prompts * states(latents);
        return new MethodWork(ofLatents(latents, steps) + steps * compared * FORWARD_AND_BACKWARD, compared);
    }

    /** Latents of one rollout that are compared. */
    private static double states(LatentSource latents) {
        if (latents instanceof LatentSource.ReusedRollout reused) {
            return reused.states();
        } else if (latents instanceof LatentSource.Mixture mixture) {
            return mixture.shares().stream()
                    .mapToDouble(share -> states(share.source()))
                    .max()
                    .orElseThrow();
        }
        return 1;
    }

    /** Work for latents and for the teacher's predictions, in a number of steps. */
    private static double ofLatents(LatentSource latents, double steps) {
        // a rollout makes half of the steps on average, each with guidance
        if (latents instanceof LatentSource.Rollout rollout) {
            return steps * (rollout.spec().steps() + TEACHER_PROMPTS);
        } else if (latents instanceof LatentSource.ReusedRollout reused) {
            return steps * (reused.spec().steps() + TEACHER_PROMPTS * reused.states());
        } else if (latents instanceof LatentSource.ShortRollout rollout) {
            return steps * (rollout.steps() * WITH_GUIDANCE + TEACHER_PROMPTS);
        } else if (latents instanceof LatentSource.Pool pool) {
            return pool.pictures() * pool.steps() * (pool.guidanceScale() == 1 ? 1.0 : WITH_GUIDANCE)
                    + Math.min(steps, (double) pool.pictures() * pool.noisings()) * TEACHER_PROMPTS;
        } else if (latents instanceof LatentSource.Noise noise) {
            return (noise.batches() == 0 ? steps : Math.min(steps, noise.batches())) * TEACHER_PROMPTS;
        } else if (latents instanceof LatentSource.Mixture mixture) {
            double all = mixture.shares().stream().mapToDouble(Share::weight).sum();
            return mixture.shares().stream()
                    .mapToDouble(share -> ofLatents(share.source(), steps * share.weight() / all))
                    .sum();
        }
        throw new IllegalArgumentException("no latents known as " + latents);
    }
}
