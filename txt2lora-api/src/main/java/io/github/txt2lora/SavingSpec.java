package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.time.Instant;
import java.util.Optional;

/**
 * What a training writes, and when. None of it affects what is learned.
 *
 * @param precision the number format of the LoRA file, {@link Precision#FP16} by default, as in most LoRA files that are
 *     shared
 * @param everyIterations iterations between two intermediate LoRA files, or 0, the default, to save only at the end
 * @param states when the state is written from which the training can be resumed, {@link StateSpec#defaults()} by
 *     default
 * @param timestamp the time to write into the file's metadata, so that two runs give the same bytes; empty, the default,
 *     for the clock
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

    /** The same with another number format of the file. */
    public SavingSpec withPrecision(Precision newPrecision) {
        return new SavingSpec(newPrecision, everyIterations, states, timestamp);
    }

    /**
     * The same with other intermediate files.
     *
     * @throws InvalidSettingException if the number is negative
     */
    public SavingSpec withEveryIterations(int newEveryIterations) {
        return new SavingSpec(precision, newEveryIterations, states, timestamp);
    }

    /** The same with other states. */
    public SavingSpec withStates(StateSpec newStates) {
        return new SavingSpec(precision, everyIterations, newStates, timestamp);
    }

    /** The same with a fixed time in the file. */
    public SavingSpec withTimestamp(Instant newTimestamp) {
        return withTimestamp(Optional.of(Check.given("timestamp", newTimestamp)));
    }

    /** The same with a fixed time in the file, or empty for that of the clock. */
    public SavingSpec withTimestamp(Optional<Instant> newTimestamp) {
        return new SavingSpec(precision, everyIterations, states, newTimestamp);
    }
}
