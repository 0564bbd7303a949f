package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.TrainingSpec;
import java.util.function.BiFunction;
import java.util.function.DoubleBinaryOperator;

/**
 * How the latents of a source are made, and the work that they take.
 *
 * @param maker makes them for a model and a training
 * @param evaluations forward evaluations of the denoiser for each image of a batch in so many steps with so many pairs
 *     that are taught, with those of the teacher's predictions
 * @param states latents of one rollout that are compared
 */
public record LatentsPlan(
        BiFunction<DenoisingModel, TrainingSpec, NoisyLatents> maker, DoubleBinaryOperator evaluations, double states) {

    /** The target's, the neutral and the unconditional prompt's, or one to keep. */
    static final int TEACHER_PROMPTS = 3;

    static final int WITH_GUIDANCE = 2;

    /** The plan for a source. */
    public static LatentsPlan of(LatentSource source) {
        if (source instanceof LatentSource.Rollout rollout) {
            return RolloutLatents.plan(rollout);
        } else if (source instanceof LatentSource.ReusedRollout reused) {
            return ReusedRolloutLatents.plan(reused);
        } else if (source instanceof LatentSource.ShortRollout rollout) {
            return ShortRolloutLatents.plan(rollout);
        } else if (source instanceof LatentSource.Pool pool) {
            return PoolLatents.plan(pool);
        } else if (source instanceof LatentSource.Noise noise) {
            return NoiseLatents.plan(noise);
        } else if (source instanceof LatentSource.Trajectories trajectories) {
            return TrajectoryLatents.plan(trajectories);
        } else if (source instanceof LatentSource.NeutralTrajectories) {
            return NeutralTrajectoryLatents.plan();
        } else if (source instanceof LatentSource.Mixture mixture) {
            return MixedLatents.plan(mixture);
        }
        throw new IllegalArgumentException("unknown source of latents: " + source);
    }
}
