package io.github.txt2lora.internal;

import java.util.Locale;

/**
 * Text of a user, a file or a server as it may stand in a message, report or log, however hostile: characters that
 * steer a terminal or the direction of writing are escaped, as in Java.
 */
public final class Excerpt {

    /** Enough to find the place again; keys of real checkpoints have up to 120 characters. */
    private static final int LONGEST = 200;

    private Excerpt() {}

    /** The text on one line, or its start with {@code ...} after it; an address without what may be secret. */
    public static String of(CharSequence text) {
        CharSequence shown = PublicAddress.ofValue(text);
        return start(shown) + (shown.length() > LONGEST ? "..." : "");
    }

    /** The same in double quotes. */
    public static String quoted(CharSequence text) {
        CharSequence shown = PublicAddress.ofValue(text);
        return '"' + start(shown) + '"' + (shown.length() > LONGEST ? "..." : "");
    }

    /** All of a text, whose line breaks and tabs stay. */
    public static String lines(CharSequence text) {
        return escaped(text, true);
    }

    /** As {@link #lines}, with what may be secret in addresses hidden; see {@link PublicAddress}. */
    public static String message(CharSequence text) {
        return PublicAddress.in(lines(text));
    }

    private static String start(CharSequence text) {
        int end = Math.min(text.length(), LONGEST);
        boolean splitsPair = end < text.length() && end > 0 && Character.isHighSurrogate(text.charAt(end - 1));
        return escaped(text.subSequence(0, splitsPair ? end - 1 : end), false);
    }

    private static String escaped(CharSequence text, boolean keepsLines) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (isVisible(c) || (keepsLines && (c == '\n' || c == '\t'))) {
                escaped.appendCodePoint(c);
            } else {
                for (char unit : Character.toChars(c)) {
                    escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            }
        });
        return keepsLines ? escaped.toString().replace("\\u000d\n", "\r\n") : escaped.toString();
    }

    private static boolean isVisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
