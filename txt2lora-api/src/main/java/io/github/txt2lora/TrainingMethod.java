package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.function.UnaryOperator;

/**
 * How an iteration finds out what to change: where predictions are compared, how errors count, and what is kept.
 * {@code docs/method.md} tells what each choice brings.
 *
 * @param latents where noisy latents come from
 * @param timesteps at which timesteps predictions are compared
 * @param lossWeighting how much each timestep counts
 * @param preservation how other prompts are kept
 * @param start what the LoRA is at first
 */
public record TrainingMethod(
        LatentSource latents,
        TimestepRange timesteps,
        LossWeighting lossWeighting,
        Preservation preservation,
        LoraStart start) {

    /**
     * Checks that the parts fit together.
     *
     * @throws InvalidSettingException if noise is to be compared at none of the timesteps
     */
    public TrainingMethod {
        Check.given("latents", latents);
        Check.given("timesteps", timesteps);
        requireNoiseWithin(latents, timesteps);
        Check.given("lossWeighting", lossWeighting);
        Check.given("preservation", preservation);
        Check.given("start", start);
    }

    private static void requireNoiseWithin(LatentSource latents, TimestepRange timesteps) {
        if (latents instanceof LatentSource.Mixture mixture) {
            mixture.shares().forEach(share -> requireNoiseWithin(share.source(), timesteps));
        } else if (latents instanceof LatentSource.Noise noise && noise.minimumTimestep() > timesteps.maximum()) {
            throw InvalidSettingException.of(
                    "minimumTimestep", noise.minimumTimestep(), "at most the last timestep, " + timesteps.maximum());
        }
    }

    /** LECO's, exactly: its random numbers, its rollouts, its loss. */
    public static TrainingMethod leco() {
        return new TrainingMethod(
                LatentSource.rollout(),
                TimestepRange.all(),
                LossWeighting.uniform(),
                Preservation.drawn(),
                LoraStart.ZERO);
    }

    /** The default: noise at high timesteps, and prompts to keep in each iteration. */
    public static TrainingMethod recommended() {
        return new TrainingMethod(
                LatentSource.noise(),
                TimestepRange.all(),
                LossWeighting.uniform(),
                Preservation.addingPrompts(),
                LoraStart.ZERO);
    }

    /** The same with other latents. */
    public TrainingMethod withLatents(LatentSource newLatents) {
        return new TrainingMethod(newLatents, timesteps, lossWeighting, preservation, start);
    }

    /** The same with other rollouts; without any, nothing changes. */
    public TrainingMethod withRollout(UnaryOperator<RolloutSpec> change) {
        return withLatents(latents.withRollout(change));
    }

    /** The same at other timesteps. */
    public TrainingMethod withTimesteps(TimestepRange newTimesteps) {
        return new TrainingMethod(latents, newTimesteps, lossWeighting, preservation, start);
    }

    /** The same with errors that count otherwise. */
    public TrainingMethod withLossWeighting(LossWeighting newLossWeighting) {
        return new TrainingMethod(latents, timesteps, newLossWeighting, preservation, start);
    }

    /** The same with another way to keep other prompts. */
    public TrainingMethod withPreservation(Preservation newPreservation) {
        return new TrainingMethod(latents, timesteps, lossWeighting, newPreservation, start);
    }

    /** The same with another start. */
    public TrainingMethod withStart(LoraStart newStart) {
        return new TrainingMethod(latents, timesteps, lossWeighting, preservation, newStart);
    }
}
