package io.github.txt2lora.text;

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
}
