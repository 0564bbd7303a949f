package io.github.txt2lora;

import org.jspecify.annotations.Nullable;

/** A file cannot be written or read for a reason outside the library: permissions, space, a missing folder. */
public final class StorageException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form "X is A; expected B". */
    public StorageException(String message) {
        super(message);
    }

    /** Creates the exception with its message and the failure underneath. */
    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
