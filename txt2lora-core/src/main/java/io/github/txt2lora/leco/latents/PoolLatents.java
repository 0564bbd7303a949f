package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import java.util.HashMap;
import java.util.Map;

/** Noised images of the neutral prompt; see {@link PoolStates}. */
final class PoolLatents implements NoisyLatents {

    /** The same seed for all trainings, so that they share images. */
    private static final long SEED = 0;

    private final DenoisingModel model;
    private final TrainingSpec spec;
    private final LatentSource.Pool pool;
    private final Map<PromptPair, PoolStates> states = new HashMap<>();

    /** The images are drawn once, and noised so many times. */
    static LatentsPlan plan(LatentSource.Pool pool) {
        return new LatentsPlan(
                (model, spec) -> new PoolLatents(model, spec, pool),
                (steps, pairs) -> pairs
                                * pool.pictures()
                                * pool.steps()
                                * (pool.guidanceScale() == 1 ? 1.0 : LatentsPlan.WITH_GUIDANCE)
                        + Math.min(steps, (double) pool.pictures() * pool.noisings()) * LatentsPlan.TEACHER_PROMPTS,
                1);
    }

    private PoolLatents(DenoisingModel model, TrainingSpec spec, LatentSource.Pool pool) {
        this.model = model;
        this.spec = spec;
        this.pool = pool;
    }

    @Override
    public NoisyBatch next(StepContext context, PromptPair pair) {
        PoolStates ofPair = states.computeIfAbsent(
                pair, p -> new PoolStates(model, pool, p, spec.method().timesteps(), SEED));
        if (LatentDraw.isLeftToChance(pair, model.embeddings())) {
            return ofPair.randomBatch(context);
        }
        int number = (int) context.generator().randint(0, ofPair.batches());
        return ofPair.batch(context.scope(), number);
    }
}
