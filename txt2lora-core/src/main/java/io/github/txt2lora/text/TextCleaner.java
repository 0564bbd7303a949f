package io.github.txt2lora.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cleans text as BERT's basic tokenizer does, which Hugging Face's CLIPTokenizer uses where ftfy is not installed:
 * invisible characters go, every CJK ideograph stands alone, letters are composed (NFC) and lower case.
 */
final class TextCleaner {

    /**
     * Unicode's stream-safe limit (UAX #15): no language stacks more combining marks, and sorting an endless stack, as
     * composing does, would take quadratic time.
     */
    private static final int MOST_MARKS = 30;

    private TextCleaner() {}

    /** The pieces of a text between whitespace, as they were written. */
    static List<String> split(String text) {
        List<String> pieces = new ArrayList<>();
        int start = 0;
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            int end = at + Character.charCount(point);
            if (isWhitespace(point)) {
                addUnlessEmpty(pieces, text.substring(start, at));
                start = end;
            }
            at = end;
        }
        addUnlessEmpty(pieces, text.substring(start));
        return pieces;
    }

    private static void addUnlessEmpty(List<String> pieces, String piece) {
        if (!piece.isEmpty()) {
            pieces.add(piece);
        }
    }

    /** A piece without whitespace, cleaned; spaces come to stand around ideographs. */
    static String clean(String piece) {
        StringBuilder cleaned = new StringBuilder(piece.length() + 2);
        int marks = 0;
        for (int at = 0; at < piece.length(); at += Character.charCount(piece.codePointAt(at))) {
            int point = piece.codePointAt(at);
            if (isDropped(point)) {
                continue;
            }
            marks = isMark(point) ? marks + 1 : 0;
            if (marks > MOST_MARKS) {
                continue;
            }
            if (isIdeograph(point)) {
                cleaned.append(' ').appendCodePoint(point).append(' ');
            } else {
                cleaned.appendCodePoint(point);
            }
        }
        String composed = Normalizer.normalize(cleaned, Normalizer.Form.NFC);
        // The only letter that grows in lower case; String.toLowerCase takes quadratic time over many of them.
        return composed.replace("\u0130", "i\u0307").toLowerCase(Locale.ROOT);
    }

    private static boolean isWhitespace(int point) {
        return point == '\t' || point == '\n' || point == '\r' || Character.isSpaceChar(point);
    }

    private static boolean isDropped(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE -> true;
            // New emoji are assigned every year; this JVM may not know them yet.
            case Character.UNASSIGNED -> point < 0x1f000 || point > 0x1faff;
            default -> point == 0xfffd;
        };
    }

    private static boolean isMark(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }

    private static boolean isIdeograph(int point) {
        return (point >= 0x4e00 && point <= 0x9fff)
                || (point >= 0x3400 && point <= 0x4dbf)
                || (point >= 0x20000 && point <= 0x2a6df)
                || (point >= 0x2a700 && point <= 0x2b73f)
                || (point >= 0x2b740 && point <= 0x2b81f)
                || (point >= 0x2b820 && point <= 0x2ceaf)
                || (point >= 0xf900 && point <= 0xfaff)
                || (point >= 0x2f800 && point <= 0x2fa1f);
    }
}
