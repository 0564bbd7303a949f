package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.torch.TorchGenerator;

/** Standard normal noise at high timesteps, as in iLECO, a variant of LECO that leaves the rollout out. */
final class NoiseLatents implements NoisyLatents {

    /** The same for all trainings, so that they share predictions. */
    private static final long SEED = 0;

    private final DenoisingModel model;
    private final LatentSource.Noise noise;
    private final TimestepRange range;
    private final NoiseBatches batches;

    /** Predictions for a batch are cached. */
    static LatentsPlan plan(LatentSource.Noise noise) {
        return new LatentsPlan(
                (model, spec) -> new NoiseLatents(model, spec, noise),
                (steps, pairs) ->
                        (noise.batches() == 0 ? steps : Math.min(steps, noise.batches())) * LatentsPlan.TEACHER_PROMPTS,
                1);
    }

    private NoiseLatents(DenoisingModel model, TrainingSpec spec, LatentSource.Noise noise) {
        this.model = model;
        this.noise = noise;
        TimestepRange all = spec.method().timesteps();
        this.range = TimestepRange.of(Math.max(all.minimum(), noise.minimumTimestep()), all.maximum());
        this.batches = new NoiseBatches(model, range, SEED);
    }

    @Override
    public NoisyBatch next(StepContext context, PromptPair pair) {
        TorchGenerator generator = context.generator();
        boolean takesPictureSize = model.embeddings().takePictureSize();
        if (LatentDraw.isLeftToChance(pair, model.embeddings()) || noise.batches() == 0) {
            double[] timesteps = SpreadTimesteps.draw(generator, pair.batchSize(), range);
            LatentDraw draw = LatentDraw.next(generator, pair, model.denoiser().latents(), takesPictureSize);
            return new NoisyBatch(draw.latents(context.scope()), timesteps, draw.size(), null);
        }
        int number = (int) generator.randint(0, noise.batches());
        return batches.batch(context.scope(), pair, number);
    }
}
