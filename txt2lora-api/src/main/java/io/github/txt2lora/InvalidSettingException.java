package io.github.txt2lora;

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
}
