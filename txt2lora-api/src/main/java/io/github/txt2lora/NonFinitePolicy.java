package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * What a training does when the loss, the gradient or the LoRA itself is infinite or not a number. It is noticed in the
 * iteration where it appears, before anything is saved. What is done is told to listeners as
 * {@link io.github.txt2lora.event.TrainingRecovered}, or as {@link io.github.txt2lora.event.TrainingFailed}.
 */
public sealed interface NonFinitePolicy {

    /** The training fails; its last saved state stays. */
    static Fail fail() {
        return new Fail();
    }

    /** At most 10 iterations in a row are thrown away. */
    static Skip skip() {
        return new Skip(10);
    }

    /** At most 3 times the training goes back and halves the learning rate. */
    static Rollback rollback() {
        return new Rollback(3);
    }

    /** The training fails. */
    record Fail() implements NonFinitePolicy {}

    /**
     * The iteration is thrown away and made again with other random numbers; if the LoRA itself is spoilt, the training
     * first goes back to its last good state, of at most 25 iterations ago.
     *
     * @param limit thrown away in a row before the training fails, 1 or more
     */
    record Skip(int limit) implements NonFinitePolicy {

        /** Checks the limit. */
        public Skip {
            Check.atLeast("limit", limit, 1);
        }
    }

    /**
     * The training goes back to its last good state, of at most 25 iterations ago, and goes on from there with half the
     * learning rate and other random numbers.
     *
     * @param limit how often in the whole training before it fails, 1 or more
     */
    record Rollback(int limit) implements NonFinitePolicy {

        /** Checks the limit. */
        public Rollback {
            Check.atLeast("limit", limit, 1);
        }
    }
}
