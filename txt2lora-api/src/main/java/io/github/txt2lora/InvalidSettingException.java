package io.github.txt2lora;

import io.github.txt2lora.internal.Excerpt;
import org.jspecify.annotations.Nullable;

/** A setting is wrong, contradicts another one, or does not fit the model; change the setting and try again. */
public final class InvalidSettingException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception with a message that says what was found, where, and what was expected. */
    public InvalidSettingException(String message) {
        super(message);
    }

    /** Creates the exception with its message and the failure underneath. */
    public InvalidSettingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * Creates the exception for one setting, for example
     * {@code resolution is 100; expected a multiple of 8, for example 96 or 104}.
     *
     * @param setting the name of the setting
     * @param value what was found; text is quoted, cut off where it is long, with control characters escaped
     * @param expected what would have been accepted
     */
    public static InvalidSettingException of(String setting, @Nullable Object value, String expected) {
        String found = value instanceof CharSequence text ? Excerpt.quoted(text) : String.valueOf(value);
        return new InvalidSettingException(setting + " is " + found + "; expected " + expected);
    }
}
