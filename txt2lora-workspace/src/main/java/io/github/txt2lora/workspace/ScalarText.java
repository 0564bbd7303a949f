package io.github.txt2lora.workspace;

import io.github.txt2lora.internal.DecimalText;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Single values as they are written into YAML, so that reading gives exactly the value again. */
final class ScalarText {

    private static final double SMALLEST_PLAIN = 1e-7;
    private static final double LARGEST_PLAIN = 1e15;

    private ScalarText() {}

    /** A finite number with the fewest digits that give it again; {@code 0.0001} rather than {@code 1.0E-4}. */
    static String number(double value) {
        double size = Math.abs(value);
        if (value == 0 || size < SMALLEST_PLAIN || size >= LARGEST_PLAIN) {
            return Double.toString(value);
        }
        return DecimalText.of(value);
    }

    /** Any text, in double quotes on one line, so that no YAML parser takes it for anything else. */
    static String text(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        value.codePoints().forEach(c -> append(quoted, c));
        return quoted.append('"').toString();
    }

    /** Texts in brackets on one line. */
    static String texts(List<String> values) {
        return values.stream().map(ScalarText::text).collect(Collectors.joining(", ", "[", "]"));
    }

    private static void append(StringBuilder quoted, int c) {
        switch (c) {
            case '"' -> quoted.append("\\\"");
            case '\\' -> quoted.append("\\\\");
            case '\n' -> quoted.append("\\n");
            case '\t' -> quoted.append("\\t");
            default -> {
                if (isPrintable(c)) {
                    quoted.appendCodePoint(c);
                } else {
                    quoted.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08x" : "\\u%04x", c));
                }
            }
        }
    }

    /** Characters that YAML allows outside of escapes, without line separators, byte order marks and surrogates. */
    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
