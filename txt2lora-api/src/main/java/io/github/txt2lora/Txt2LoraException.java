package io.github.txt2lora;

import io.github.txt2lora.internal.Excerpt;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of the exceptions of this library. In messages, control characters and characters that change the direction
 * of text are escaped, and web addresses are shown without query and fragment, which may contain secrets.
 */
public class Txt2LoraException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message of the form "X is A; expected B". */
    public Txt2LoraException(String message) {
        super(printable(message));
    }

    /** Creates the exception with its message and the failure underneath. */
    public Txt2LoraException(String message, @Nullable Throwable cause) {
        super(printable(message), cause);
    }

    private static @Nullable String printable(@Nullable String message) {
        return message == null ? null : Excerpt.message(message);
    }

    /** The finding, its place and the expected value; never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }
}
