package io.github.txt2lora;

import io.github.txt2lora.internal.Excerpt;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A setting is wrong, contradicts another one, or does not fit the model; change the setting and try again. */
public final class InvalidSettingException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String setting;

    /** Creates the exception with a message of the form "X is A; expected B". */
    public InvalidSettingException(String message) {
        this(null, message, null);
    }

    /** Creates the exception with its message and the failure underneath. */
    public InvalidSettingException(String message, @Nullable Throwable cause) {
        this(null, message, cause);
    }

    private InvalidSettingException(@Nullable String setting, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.setting = setting;
    }

    /**
     * Creates the exception for one setting, for example
     * {@code resolution is 100; expected a multiple of 8, for example 96 or 104}.
     *
     * @param setting name of the setting
     * @param value the value found; text is quoted, shortened if long, and its control characters are escaped
     * @param expected the accepted values
     */
    public static InvalidSettingException of(String setting, @Nullable Object value, String expected) {
        String found = value instanceof CharSequence text ? Excerpt.quoted(text) : String.valueOf(value);
        return new InvalidSettingException(setting, setting + " is " + found + "; expected " + expected, null);
    }

    /**
     * Creates the exception for one setting that was not given.
     *
     * @param setting name of the setting
     * @param remedy advice for the user
     */
    public static InvalidSettingException missing(String setting, String remedy) {
        return new InvalidSettingException(setting, setting + " is missing; " + remedy, null);
    }

    /**
     * The name of the setting, as in the builder that rejects it, for example {@code learningRate}; empty if several
     * are wrong, or the error concerns no single setting.
     */
    public Optional<String> setting() {
        return Optional.ofNullable(setting);
    }
}
