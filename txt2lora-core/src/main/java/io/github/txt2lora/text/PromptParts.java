package io.github.txt2lora.text;

import io.github.txt2lora.InvalidSettingException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits prompts into those that are drawn together. */
public final class PromptParts {

    private static final Pattern AND = Keyword.pattern("AND");

    /** Possessive, so that no number is scanned twice. */
    private static final Pattern WEIGHT = Pattern.compile("[+-]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)");

    /** Each part is a prompt of its own in memory, and a call of the network in each step. */
    private static final int MOST_PARTS = 100;

    private PromptParts() {}

    /**
     * The parts between {@code AND}, at least one; {@code a cat :1.2} at a part's end is its weight.
     *
     * @throws InvalidSettingException if there are more than 100
     */
    public static List<PromptPart> ofAnd(String prompt) {
        List<String> parts = Keyword.split(prompt, AND);
        if (parts.size() > MOST_PARTS) {
            throw new InvalidSettingException("prompt has %d parts with AND between them; expected at most %d"
                    .formatted(parts.size(), MOST_PARTS));
        }
        return parts.stream().map(PromptParts::weighted).toList();
    }

    private static PromptPart weighted(String part) {
        int colon = part.lastIndexOf(':');
        if (colon >= 0) {
            Matcher number = WEIGHT.matcher(part.substring(colon + 1).strip());
            if (number.matches()) {
                double weight = BracketWeights.limited(Double.parseDouble(number.group()));
                return new PromptPart(part.substring(0, colon), weight);
            }
        }
        return new PromptPart(part, 1);
    }
}
