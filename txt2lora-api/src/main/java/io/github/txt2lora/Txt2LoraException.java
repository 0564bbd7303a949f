package io.github.txt2lora;

import io.github.txt2lora.internal.Excerpt;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The root of all exceptions that this library throws on purpose. In messages, characters that steer a terminal or the
 * direction of writing are escaped, and addresses of the web stand without query and fragment, which may be secret.
 */
public class Txt2LoraException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message that says what was found, where, and what was expected. */
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

    /** Says what was found, where, and what was expected; unlike other exceptions' messages never null. */
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }
}
