package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;

/**
 * Makes the noisy latents of each step. All chance comes from the context's generator, and nothing is remembered from
 * step to step that a resumed training would not find again.
 */
public sealed interface NoisyLatents
        permits RolloutLatents, ReusedRolloutLatents, ShortRolloutLatents, PoolLatents, NoiseLatents, MixedLatents {

    /** The next latents for a prompt pair. */
    NoisyBatch next(StepContext context, PromptPair pair);

    /** The latents that a training asks for. */
    static NoisyLatents of(DenoisingModel model, TrainingSpec spec) {
        return of(spec.method().latents(), model, spec);
    }

    private static NoisyLatents of(LatentSource source, DenoisingModel model, TrainingSpec spec) {
        if (source instanceof LatentSource.Rollout rollout) {
            return new RolloutLatents(
                    new Rollout(model, rollout.spec(), spec.method().timesteps()));
        } else if (source instanceof LatentSource.ReusedRollout reused) {
            return new ReusedRolloutLatents(
                    new Rollout(model, reused.spec(), spec.method().timesteps()), reused.states());
        } else if (source instanceof LatentSource.ShortRollout shortRollout) {
            return new ShortRolloutLatents(model, shortRollout, spec.method().timesteps());
        } else if (source instanceof LatentSource.Pool pool) {
            return new PoolLatents(model, spec, pool);
        } else if (source instanceof LatentSource.Noise noise) {
            return new NoiseLatents(model, spec, noise);
        } else if (source instanceof LatentSource.Mixture mixture) {
            return new MixedLatents(mixture, part -> of(part, model, spec));
        }
        throw new IllegalArgumentException("unknown source of latents: " + source);
    }
}
