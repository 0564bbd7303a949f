package io.github.txt2lora.testing;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Check;

/** The iteration and the exception with which a scripted training fails. */
public sealed interface ScriptedFailure {

    /** The exception that the job throws. */
    Txt2LoraException exception();

    /** Fails instead of {@link io.github.txt2lora.event.ModelLoaded}. */
    record OnLoad(Txt2LoraException exception) implements ScriptedFailure {

        /** Rejects null. */
        public OnLoad {
            Check.given("exception", exception);
        }
    }

    /**
     * Fails instead of finishing an iteration.
     *
     * @param iteration counted from 1
     */
    record AtIteration(int iteration, Txt2LoraException exception) implements ScriptedFailure {

        /** Rejects null and iterations that do not exist. */
        public AtIteration {
            Check.atLeast("iteration", iteration, 1);
            Check.given("exception", exception);
        }
    }

    /** Fails instead of {@link io.github.txt2lora.event.LoraSaved}. */
    record OnSave(Txt2LoraException exception) implements ScriptedFailure {

        /** Rejects null. */
        public OnSave {
            Check.given("exception", exception);
        }
    }
}
