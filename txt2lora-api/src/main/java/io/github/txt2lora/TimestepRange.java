package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * The timesteps at which predictions are compared, all equally likely. High timesteps are mostly noise and decide on the
 * picture's composition, low ones on its details.
 *
 * @param minimum 0 to 999, included
 * @param maximum {@code minimum} to 999, included
 */
public record TimestepRange(int minimum, int maximum) {

    private static final int LAST_TIMESTEP = 999;

    /**
     * Checks the ends.
     *
     * @throws InvalidSettingException if they are not within 0..999, or the wrong way round
     */
    public TimestepRange {
        Check.between("minimum timestep", minimum, 0, LAST_TIMESTEP);
        Check.between("maximum timestep", maximum, 0, LAST_TIMESTEP);
        if (minimum > maximum) {
            throw InvalidSettingException.of("minimum timestep", minimum, "at most the maximum, " + maximum);
        }
    }

    /** All of 0 to 999. */
    public static TimestepRange all() {
        return new TimestepRange(0, LAST_TIMESTEP);
    }

    /** Those from {@code minimum} to {@code maximum}, both included. */
    public static TimestepRange of(int minimum, int maximum) {
        return new TimestepRange(minimum, maximum);
    }

    /** Whether a timestep is one of them. */
    public boolean contains(double timestep) {
        return timestep >= minimum && timestep <= maximum;
    }
}
