package io.github.txt2lora.leco.latents;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;

/**
 * Makes the noisy latents of each step. All chance comes from the context's generator, and nothing is remembered from
 * step to step that a resumed training would not find again.
 */
public interface NoisyLatents {

    /** The next latents for a prompt pair. */
    NoisyBatch next(StepContext context, PromptPair pair);

    /** The latents that a training asks for. */
    static NoisyLatents of(DenoisingModel model, TrainingSpec spec) {
        return LatentsPlan.of(spec.method().latents()).maker().apply(model, spec);
    }
}
