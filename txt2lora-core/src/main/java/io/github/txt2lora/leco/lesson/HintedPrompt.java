package io.github.txt2lora.leco.lesson;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text that stands for words and what pictures add to them. It names a prompt of its own, with an embedding of its
 * own, wherever prompts are told apart by their text: among goals, and in the keys of what is kept.
 */
public final class HintedPrompt {

    private static final Pattern HINTED = Pattern.compile("(.*) \\(with pictures [0-9a-f]{64}\\)", Pattern.DOTALL);

    private HintedPrompt() {}

    /**
     * The text.
     *
     * @param sha256 of all that the hint depends on beside the model and the words
     */
    public static String of(String words, String sha256) {
        return words + " (with pictures " + sha256 + ")";
    }

    /** The words of such a text; any other text is its own words. */
    public static String words(String prompt) {
        Matcher hinted = HINTED.matcher(prompt);
        return hinted.matches() ? hinted.group(1) : prompt;
    }
}
