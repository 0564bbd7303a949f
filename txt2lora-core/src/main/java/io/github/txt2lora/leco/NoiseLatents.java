package io.github.txt2lora.leco;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.torch.TorchGenerator;

/**
 * Standard normal noise at every timestep, as in iLECO, a variant of LECO that leaves the rollout out.
 *
 * @param fixed whether it is always the same
 */
record NoiseLatents(DenoisingModel model, TrainingSpec spec, boolean fixed) implements NoisyLatents {

    private static final long FIXED_SEED = 0;

    @Override
    public NoisyBatch next(StepContext context, PromptPair pair) {
        double[] timesteps = SpreadTimesteps.draw(
                context.generator(), pair.batchSize(), spec.method().timesteps());
        LatentDraw draw = LatentDraw.next(
                fixed ? new TorchGenerator(FIXED_SEED) : context.generator(),
                pair,
                model.embeddings().takePictureSize());
        return new NoisyBatch(draw.latents(context.scope()), timesteps, draw.size(), null);
    }
}
