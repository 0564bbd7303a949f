package io.github.txt2lora;

import org.jspecify.annotations.Nullable;

/** A training started and could not finish, for example because of a non-finite loss or a lack of memory. */
public final class TrainingFailedException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form "X is A; expected B". */
    public TrainingFailedException(String message) {
        super(message);
    }

    /** Creates the exception with its message and the failure underneath. */
    public TrainingFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
