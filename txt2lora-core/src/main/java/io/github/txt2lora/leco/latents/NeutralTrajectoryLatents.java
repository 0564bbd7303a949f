package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.leco.lesson.TeacherTarget;

/** States on the way to images of the neutral prompt; see {@link LatentSource.NeutralTrajectories}. */
final class NeutralTrajectoryLatents implements NoisyLatents {

    /** The same trajectories as those that the neutral prompt is kept on. */
    private final KeptTrajectories trajectories;

    private final DenoisingModel model;

    /** Sampled once, whatever the number of steps; then one prediction more at each state. */
    static LatentsPlan plan() {
        return new LatentsPlan(
                NeutralTrajectoryLatents::new, (steps, pairs) -> (pairs + 2) * KeptTrajectories.statesOfNeutral(), 1);
    }

    private NeutralTrajectoryLatents(DenoisingModel model, TrainingSpec spec) {
        this.model = model;
        this.trajectories = new KeptTrajectories(model, spec.method().timesteps());
    }

    @Override
    public NoisyBatch next(StepContext context, PromptPair pair) {
        boolean isOfOneSize = !LatentDraw.isLeftToChance(pair, model.embeddings());
        return trajectories
                .of(pair, pair.neutral())
                .batch(context, pair.batchSize(), isOfOneSize, TeacherTarget.of(pair));
    }
}
