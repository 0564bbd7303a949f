package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * The timesteps at which predictions are compared, sampled uniformly. High timesteps are mostly noise and determine the
 * composition of an image, low ones its details.
 *
 * @param minimum first timestep, 0 to 999, inclusive
 * @param maximum last timestep, {@code minimum} to 999, inclusive
 */
public record TimestepRange(int minimum, int maximum) {

    private static final int LAST_TIMESTEP = 999;

    /**
     * Checks the ends.
     *
     * @throws InvalidSettingException if one is not from 0 to 999, or the minimum exceeds the maximum
     */
    public TimestepRange {
        Check.between("minimum timestep", minimum, 0, LAST_TIMESTEP);
        Check.between("maximum timestep", maximum, 0, LAST_TIMESTEP);
        if (minimum > maximum) {
            throw InvalidSettingException.of("minimum timestep", minimum, "at most the maximum, " + maximum);
        }
    }

    /** All timesteps, 0 to 999. */
    public static TimestepRange all() {
        return new TimestepRange(0, LAST_TIMESTEP);
    }

    /** The timesteps from {@code minimum} to {@code maximum}, both inclusive. */
    public static TimestepRange of(int minimum, int maximum) {
        return new TimestepRange(minimum, maximum);
    }

    /** Whether a timestep is in the range. */
    public boolean contains(double timestep) {
        return timestep >= minimum && timestep <= maximum;
    }
}
