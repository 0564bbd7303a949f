package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.time.Duration;
import java.util.Optional;

/**
 * When a training saves its state, and whether it resumes from the state of an earlier run. States are files
 * {@code NAME-ITERATION.state} beside the LoRA, written in the background. A running training keeps the last two; a
 * finished one keeps the last, from which a training with more iterations resumes. Cancelling with
 * {@link CancelMode#DISCARD} deletes them.
 *
 * <p>A resumed training produces the same bytes as an uninterrupted one, on the same machine and with a
 * {@link SavingSpec#timestamp()}.
 *
 * @param everyIterations iterations between two states, 0 or more; 0, the default, saves by time alone
 * @param interval time between two states, greater than 0, 5 minutes by default; empty saves by iterations alone
 * @param resume whether to resume from an existing state, {@link Resume#IF_SAME} by default
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

    /** Saves a state every 5 minutes and resumes if the model and settings are the same. */
    public static StateSpec defaults() {
        return new StateSpec(0, Optional.of(Duration.ofMinutes(5)), Resume.IF_SAME);
    }

    /** Neither saves states nor resumes from them. */
    public static StateSpec off() {
        return new StateSpec(0, Optional.empty(), Resume.NEVER);
    }

    /** Saves a state every so many iterations, 1 or more, and resumes if the model and settings are the same. */
    public static StateSpec everyIterations(int iterations) {
        return new StateSpec(Check.atLeast("everyIterations", iterations, 1), Optional.empty(), Resume.IF_SAME);
    }

    /** Saves a state at this interval, greater than 0, and resumes if the model and settings are the same. */
    public static StateSpec every(Duration interval) {
        return new StateSpec(0, Optional.of(Check.given("interval", interval)), Resume.IF_SAME);
    }

    /** A copy with another rule for resuming. */
    public StateSpec withResume(Resume newResume) {
        return new StateSpec(everyIterations, interval, newResume);
    }

    /** Whether states are saved. */
    public boolean isWritten() {
        return everyIterations > 0 || interval.isPresent();
    }

    /** Whether states are saved or read. */
    public boolean isUsed() {
        return isWritten() || resume != Resume.NEVER;
    }
}
