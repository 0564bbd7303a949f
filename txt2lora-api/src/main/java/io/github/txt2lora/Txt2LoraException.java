package io.github.txt2lora;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The root of all exceptions that this library throws on purpose. */
public class Txt2LoraException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message that says what was found, where, and what was expected. */
    public Txt2LoraException(String message) {
        super(message);
    }

    /** Creates the exception with its message and the failure underneath. */
    public Txt2LoraException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Says what was found, where, and what was expected; unlike other exceptions' messages never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }
}
