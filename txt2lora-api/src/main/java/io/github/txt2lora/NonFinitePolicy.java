package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * The reaction of a training to a non-finite loss, gradient or LoRA weight: an infinity or NaN. The engine detects it
 * in the iteration in which it appears, before anything is saved. Listeners receive a
 * {@link io.github.txt2lora.event.TrainingRecovered} or a {@link io.github.txt2lora.event.TrainingFailed}.
 */
public sealed interface NonFinitePolicy {

    /** The training fails. Its last saved state remains. */
    static Fail fail() {
        return new Fail();
    }

    /** Discards iterations, at most 10 in a row. */
    static Skip skip() {
        return new Skip(10);
    }

    /** Rolls back and halves the learning rate, at most 3 times. */
    static Rollback rollback() {
        return new Rollback(3);
    }

    /** Fails the training. */
    record Fail() implements NonFinitePolicy {}

    /**
     * Discards the iteration and repeats it with other random numbers. If the LoRA itself is non-finite, the training
     * first returns to its last good state, at most 25 iterations back.
     *
     * @param limit consecutive iterations to discard before the training fails, 1 or more
     */
    record Skip(int limit) implements NonFinitePolicy {

        /** Checks the limit. */
        public Skip {
            Check.atLeast("limit", limit, 1);
        }
    }

    /**
     * Returns to the last good state, at most 25 iterations back, and continues with half the learning rate and other
     * random numbers.
     *
     * @param limit rollbacks in the whole training before it fails, 1 or more
     */
    record Rollback(int limit) implements NonFinitePolicy {

        /** Checks the limit. */
        public Rollback {
            Check.atLeast("limit", limit, 1);
        }
    }
}
