package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.time.Duration;
import java.util.Optional;

/**
 * When a training writes down all it needs to go on later, and what it does with what an earlier run wrote. The states
 * are files {@code NAME-ITERATION.state} beside the LoRA, of which the last two are kept; they are written in the
 * background. When all iterations are made, the last state is kept alone: with more iterations, the training goes on from
 * there. A training that is cancelled with {@link CancelMode#DISCARD} deletes its states.
 *
 * <p>A training that goes on from a state gives the very bytes that it would have given without the interruption, on
 * the same machine and with a {@link TrainingSpec#timestamp()}.
 *
 * @param everyIterations iterations between two states, or 0, the default, to go by time alone
 * @param interval time between two states, greater than 0, 5 minutes by default; empty to go by iterations alone
 * @param resume what to do with a state that is there, {@link Resume#IF_SAME} by default
 */
public record StateSpec(int everyIterations, Optional<Duration> interval, Resume resume) {

    /**
     * Checks the components.
     *
     * @throws InvalidSettingException if the number is negative, or the time is not positive
     */
    public StateSpec {
        Check.atLeast("everyIterations", everyIterations, 0);
        Check.given("interval", interval)
                .filter(time -> time.isZero() || time.isNegative())
                .ifPresent(time -> {
                    throw InvalidSettingException.of("interval", time, "a time greater than zero, or none");
                });
        Check.given("resume", resume);
    }

    /** A state every 5 minutes, and going on from one of the same training. */
    public static StateSpec defaults() {
        return new StateSpec(0, Optional.of(Duration.ofMinutes(5)), Resume.IF_SAME);
    }

    /** No state is written and none is read. */
    public static StateSpec off() {
        return new StateSpec(0, Optional.empty(), Resume.NEVER);
    }

    /** A state whenever so many iterations are made, and going on from one of the same training. */
    public static StateSpec everyIterations(int iterations) {
        return new StateSpec(Check.atLeast("everyIterations", iterations, 1), Optional.empty(), Resume.IF_SAME);
    }

    /** A state whenever so much time has gone by, and going on from one of the same training. */
    public static StateSpec every(Duration interval) {
        return new StateSpec(0, Optional.of(Check.given("interval", interval)), Resume.IF_SAME);
    }

    /** The same with another choice of what to do with a state that is there. */
    public StateSpec withResume(Resume newResume) {
        return new StateSpec(everyIterations, interval, newResume);
    }

    /** Whether states are written at all. */
    public boolean isWritten() {
        return everyIterations > 0 || interval.isPresent();
    }

    /** Whether states are written or read. */
    public boolean isUsed() {
        return isWritten() || resume != Resume.NEVER;
    }
}
