package io.github.txt2lora.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words in capitals that the web UI and its extensions read in prompts. */
final class Keyword {

    private static final String LETTER_OR_DIGIT = "[\\p{L}\\p{N}_]";

    private Keyword() {}

    /**
     * Finds a keyword where it stands alone. The boundary {@code \b} of Java's expressions will not do: what it takes
     * for a word depends on the version of Java, and over a row of combining marks it takes quadratic time.
     */
    static Pattern pattern(String keyword) {
        return Pattern.compile("(?<!" + LETTER_OR_DIGIT + ")" + keyword + "(?!" + LETTER_OR_DIGIT + ")");
    }

    /** The text before, between and after the places of a keyword, one part or more. */
    static List<String> split(String text, Pattern keyword) {
        List<String> parts = new ArrayList<>();
        Matcher found = keyword.matcher(text);
        int start = 0;
        while (found.find()) {
            parts.add(text.substring(start, found.start()));
            start = found.end();
        }
        parts.add(text.substring(start));
        return parts;
    }
}
