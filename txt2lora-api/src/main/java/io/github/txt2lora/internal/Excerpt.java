package io.github.txt2lora.internal;

import java.util.Locale;

/**
 * Text of a user or from a file as it may stand in a message: short and on one line, and showing what it is, however
 * hostile. Characters that steer a terminal or the direction of writing are escaped.
 */
public final class Excerpt {

    /** Enough to find the place again; keys of real checkpoints have up to 120 characters. */
    private static final int LONGEST = 200;

    private Excerpt() {}

    /** The text, or its start with {@code ...} after it. */
    public static String of(CharSequence text) {
        return escaped(text) + (text.length() > LONGEST ? "..." : "");
    }

    /** The same in double quotes. */
    public static String quoted(CharSequence text) {
        return '"' + escaped(text) + '"' + (text.length() > LONGEST ? "..." : "");
    }

    private static String escaped(CharSequence text) {
        StringBuilder escaped = new StringBuilder();
        text.chars().limit(LONGEST).forEach(c -> {
            if (isVisible((char) c)) {
                escaped.append((char) c);
            } else {
                escaped.append(String.format(Locale.ROOT, "\\u%04x", c));
            }
        });
        return escaped.toString();
    }

    private static boolean isVisible(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
