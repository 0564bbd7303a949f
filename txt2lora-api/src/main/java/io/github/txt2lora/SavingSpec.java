package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.time.Instant;
import java.util.Optional;

/**
 * The files that a training saves. The settings do not affect the weights that it learns.
 *
 * @param precision number format of the LoRA file, {@link Precision#FP16} by default, as in most shared LoRA files
 * @param everyIterations iterations between two intermediate LoRA files, 0 or more; 0, the default, saves only at the
 *     end
 * @param states when to save the state from which a training resumes, {@link StateSpec#defaults()} by default
 * @param timestamp time for the file's metadata; with a fixed one, two runs produce the same bytes. Empty, the default,
 *     uses the clock
 */
public record SavingSpec(Precision precision, int everyIterations, StateSpec states, Optional<Instant> timestamp) {

    /**
     * Checks every component; {@link #defaults()} and the methods that change one read better.
     *
     * @throws InvalidSettingException if the number of iterations is negative
     */
    public SavingSpec {
        Check.given("precision", precision);
        Check.atLeast("everyIterations", everyIterations, 0);
        Check.given("states", states);
        Check.given("timestamp", timestamp);
    }

    /** The defaults. */
    public static SavingSpec defaults() {
        return new SavingSpec(Precision.FP16, 0, StateSpec.defaults(), Optional.empty());
    }

    /** A copy with another number format of the file. */
    public SavingSpec withPrecision(Precision newPrecision) {
        return new SavingSpec(newPrecision, everyIterations, states, timestamp);
    }

    /**
     * A copy with another number of iterations between two intermediate files.
     *
     * @throws InvalidSettingException if the number is negative
     */
    public SavingSpec withEveryIterations(int newEveryIterations) {
        return new SavingSpec(precision, newEveryIterations, states, timestamp);
    }

    /** A copy with other states. */
    public SavingSpec withStates(StateSpec newStates) {
        return new SavingSpec(precision, everyIterations, newStates, timestamp);
    }

    /** A copy with a fixed time in the file. */
    public SavingSpec withTimestamp(Instant newTimestamp) {
        return withTimestamp(Optional.of(Check.given("timestamp", newTimestamp)));
    }

    /** A copy with a fixed time in the file; empty uses the clock. */
    public SavingSpec withTimestamp(Optional<Instant> newTimestamp) {
        return new SavingSpec(precision, everyIterations, states, newTimestamp);
    }
}
