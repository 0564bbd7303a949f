package io.github.txt2lora;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A setting is wrong, contradicts another one, or does not fit the model; change the setting and try again. */
public final class InvalidSettingException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST_QUOTATION = 200;

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
     * @param value what was found; text is quoted, with control characters escaped
     * @param expected what would have been accepted
     */
    public static InvalidSettingException of(String setting, @Nullable Object value, String expected) {
        String found = value instanceof CharSequence text ? quoted(text) : String.valueOf(value);
        return new InvalidSettingException(setting + " is " + found + "; expected " + expected);
    }

    private static String quoted(CharSequence text) {
        StringBuilder quotation = new StringBuilder("\"");
        for (int i = 0; i < Math.min(text.length(), LONGEST_QUOTATION); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                quotation.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quotation.append(c);
            }
        }
        return quotation
                .append(text.length() > LONGEST_QUOTATION ? "\"..." : "\"")
                .toString();
    }
}
