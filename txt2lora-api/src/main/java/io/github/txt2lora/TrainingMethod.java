package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.function.UnaryOperator;

/**
 * The method of an iteration: which latents and timesteps it compares, how it weights the loss, and how it preserves
 * other prompts. {@code docs/method.md} compares the choices.
 *
 * @param latents source of the noisy latents
 * @param timesteps range of the timesteps to sample
 * @param lossWeighting weight of each timestep in the loss
 * @param preservation preservation of other prompts
 * @param start initial weights of the LoRA
 * @param afterNeutral share of the target's samples whose prompt is the target after the neutral prompt, as in
 *     {@code 1girl,krnkmd}, with the same goal; 0, the default, to 1. A target that is taught alone is then also rehearsed:
 *     where preserved prompts have trajectories of their own, three of ten iterations compare it twice instead. Without
 *     effect on targets that begin with the neutral prompt, and where another pair teaches or preserves the joined prompt
 */
public record TrainingMethod(
        LatentSource latents,
        TimestepRange timesteps,
        LossWeighting lossWeighting,
        Preservation preservation,
        LoraStart start,
        double afterNeutral) {

    /**
     * Checks that the parts fit together.
     *
     * @throws InvalidSettingException if the range has no timestep for {@link LatentSource.Noise}, or
     *     {@code afterNeutral} is no share
     */
    public TrainingMethod {
        Check.given("latents", latents);
        Check.given("timesteps", timesteps);
        requireNoiseWithin(latents, timesteps);
        Check.given("lossWeighting", lossWeighting);
        Check.given("preservation", preservation);
        Check.given("start", start);
        if (!(afterNeutral >= 0 && afterNeutral <= 1)) {
            throw InvalidSettingException.of("afterNeutral", afterNeutral, "a share from 0 to 1");
        }
    }

    private static void requireNoiseWithin(LatentSource latents, TimestepRange timesteps) {
        if (latents instanceof LatentSource.Mixture mixture) {
            mixture.shares().forEach(share -> requireNoiseWithin(share.source(), timesteps));
        } else if (latents instanceof LatentSource.Noise noise && noise.minimumTimestep() > timesteps.maximum()) {
            throw InvalidSettingException.of(
                    "minimumTimestep", noise.minimumTimestep(), "at most the last timestep, " + timesteps.maximum());
        }
    }

    /** LECO's exact method: its random numbers, rollouts and loss. */
    public static TrainingMethod leco() {
        return new TrainingMethod(
                LatentSource.rollout(),
                TimestepRange.all(),
                LossWeighting.uniform(),
                Preservation.drawn(),
                LoraStart.ZERO,
                0);
    }

    /**
     * The default: noise at high timesteps, trajectories to images of the goal and to those of the neutral prompt, and in
     * each iteration a prompt to preserve on a trajectory of its own.
     */
    public static TrainingMethod recommended() {
        return new TrainingMethod(
                LatentSource.mixture(
                        LatentSource.noise().weighing(2),
                        LatentSource.trajectories().weighing(2),
                        LatentSource.neutralTrajectories().weighing(1)),
                TimestepRange.all(),
                LossWeighting.uniform(),
                Preservation.recommended(),
                LoraStart.ZERO,
                0);
    }

    /** A copy with another source of latents. */
    public TrainingMethod withLatents(LatentSource newLatents) {
        return new TrainingMethod(newLatents, timesteps, lossWeighting, preservation, start, afterNeutral);
    }

    /** A copy with changed rollouts; unchanged without rollouts. */
    public TrainingMethod withRollout(UnaryOperator<RolloutSpec> change) {
        return withLatents(latents.withRollout(change));
    }

    /** A copy with another range of timesteps. */
    public TrainingMethod withTimesteps(TimestepRange newTimesteps) {
        return new TrainingMethod(latents, newTimesteps, lossWeighting, preservation, start, afterNeutral);
    }

    /** A copy with another loss weighting. */
    public TrainingMethod withLossWeighting(LossWeighting newLossWeighting) {
        return new TrainingMethod(latents, timesteps, newLossWeighting, preservation, start, afterNeutral);
    }

    /** A copy with another preservation. */
    public TrainingMethod withPreservation(Preservation newPreservation) {
        return new TrainingMethod(latents, timesteps, lossWeighting, newPreservation, start, afterNeutral);
    }

    /** A copy with other initial weights. */
    public TrainingMethod withStart(LoraStart newStart) {
        return new TrainingMethod(latents, timesteps, lossWeighting, preservation, newStart, afterNeutral);
    }

    /**
     * A copy with another share of the target's samples after the neutral prompt.
     *
     * @throws InvalidSettingException if it is not from 0 to 1
     */
    public TrainingMethod withAfterNeutral(double share) {
        return new TrainingMethod(latents, timesteps, lossWeighting, preservation, start, share);
    }
}
