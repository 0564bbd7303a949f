package io.github.txt2lora;

import org.jspecify.annotations.Nullable;

/** A training was cancelled before it finished. */
public final class TrainingCancelledException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form "X is A; expected B". */
    public TrainingCancelledException(String message) {
        super(message);
    }

    /** Creates the exception with its message and the failure underneath. */
    public TrainingCancelledException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
