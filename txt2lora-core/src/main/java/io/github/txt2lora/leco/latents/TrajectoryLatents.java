package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.leco.latents.TeacherTrajectories.Prediction;
import io.github.txt2lora.leco.lesson.TeacherTarget;
import java.util.HashMap;
import java.util.Map;

/** States of {@link TeacherTrajectories} to the goal of a pair, with the goal that was computed there. */
final class TrajectoryLatents implements NoisyLatents {

    /** The same for all trainings, so that they share trajectories; far from the seeds of other latents. */
    private static final long SEED = 7_000_000;

    private final DenoisingModel model;
    private final TrainingSpec spec;
    private final LatentSource.Trajectories trajectories;
    private final Map<PromptPair, TeacherTrajectories> byPair = new HashMap<>();

    /** Sampled once for a pair, whatever the number of steps of the training. */
    static LatentsPlan plan(LatentSource.Trajectories trajectories) {
        return new LatentsPlan(
                (model, spec) -> new TrajectoryLatents(model, spec, trajectories),
                (steps, pairs) -> pairs * trajectories.count() * trajectories.steps() * LatentsPlan.TEACHER_PROMPTS,
                1);
    }

    private TrajectoryLatents(DenoisingModel model, TrainingSpec spec, LatentSource.Trajectories trajectories) {
        this.model = model;
        this.spec = spec;
        this.trajectories = trajectories;
    }

    @Override
    public NoisyBatch next(StepContext context, PromptPair pair) {
        TeacherTrajectories ofPair = byPair.computeIfAbsent(
                pair, p -> trajectories(model, p, trajectories, spec.method().timesteps()));
        boolean isOfOneSize = !LatentDraw.isLeftToChance(pair, model.embeddings());
        return ofPair.batch(context, pair.batchSize(), isOfOneSize, Prediction.GOAL);
    }

    /** Trajectories to the goal of a pair. */
    static TeacherTrajectories trajectories(
            DenoisingModel model, PromptPair pair, LatentSource.Trajectories trajectories, TimestepRange range) {
        return new TeacherTrajectories(model, TeacherTarget.of(pair), pair, trajectories, range, SEED);
    }
}
