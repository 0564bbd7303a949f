package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * Settings of a rollout, which denoises from noise to the latents of a comparison.
 *
 * @param scheduler the scheduler, {@link SchedulerType#DDIM} by default
 * @param steps steps of a complete rollout, 2 to 1000, 50 by default; each iteration makes a random number of them,
 *     from 1 to {@code steps - 1}
 * @param guidanceScale scale of classifier-free guidance, finite, 3 by default
 */
public record RolloutSpec(SchedulerType scheduler, int steps, double guidanceScale) {

    /**
     * Checks every component; {@link #defaults()} and the methods that change one read better.
     *
     * @throws InvalidSettingException if a component is outside its range
     */
    public RolloutSpec {
        Check.given("scheduler", scheduler);
        Check.between("steps", steps, 2, 1000);
        Check.finite("guidanceScale", guidanceScale);
    }

    /** LECO's defaults: 50 steps of DDIM with guidance scale 3. */
    public static RolloutSpec defaults() {
        return new RolloutSpec(SchedulerType.DDIM, 50, 3);
    }

    /** A copy with another scheduler. */
    public RolloutSpec withScheduler(SchedulerType newScheduler) {
        return new RolloutSpec(newScheduler, steps, guidanceScale);
    }

    /**
     * A copy with another number of steps.
     *
     * @throws InvalidSettingException if it is not from 2 to 1000
     */
    public RolloutSpec withSteps(int newSteps) {
        return new RolloutSpec(scheduler, newSteps, guidanceScale);
    }

    /**
     * A copy with another guidance scale.
     *
     * @throws InvalidSettingException if it is not finite
     */
    public RolloutSpec withGuidanceScale(double newGuidanceScale) {
        return new RolloutSpec(scheduler, steps, newGuidanceScale);
    }
}
