package io.github.txt2lora;

import org.jspecify.annotations.Nullable;

/** A model or LoRA file is missing, damaged or unsuitable; use another file. */
public final class CheckpointException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form "X is A; expected B". */
    public CheckpointException(String message) {
        super(message);
    }

    /** Creates the exception with its message and the failure underneath. */
    public CheckpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
