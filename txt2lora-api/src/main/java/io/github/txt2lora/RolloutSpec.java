package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * How a rollout denoises its way from noise to the latents that are compared.
 *
 * @param scheduler the method, {@link SchedulerType#DDIM} by default
 * @param steps of a complete rollout, of which each iteration makes 1 to all but one at random; 2 to 1000, 50 by default
 * @param guidanceScale of classifier-free guidance, finite, 3 by default
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

    /** LECO's: 50 steps of DDIM with guidance 3. */
    public static RolloutSpec defaults() {
        return new RolloutSpec(SchedulerType.DDIM, 50, 3);
    }

    /** The same with another method. */
    public RolloutSpec withScheduler(SchedulerType newScheduler) {
        return new RolloutSpec(newScheduler, steps, guidanceScale);
    }

    /**
     * The same with another number of steps.
     *
     * @throws InvalidSettingException if it is not from 2 to 1000
     */
    public RolloutSpec withSteps(int newSteps) {
        return new RolloutSpec(scheduler, newSteps, guidanceScale);
    }

    /**
     * The same with other guidance.
     *
     * @throws InvalidSettingException if it is not finite
     */
    public RolloutSpec withGuidanceScale(double newGuidanceScale) {
        return new RolloutSpec(scheduler, steps, newGuidanceScale);
    }
}
