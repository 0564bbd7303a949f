package io.github.txt2lora.text;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits prompts into those that are drawn together. */
public final class PromptParts {

    private static final Pattern AND = Keyword.pattern("AND");

    /** Possessive, so that no number is scanned twice. */
    private static final Pattern WEIGHT = Pattern.compile("[+-]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)");

    private PromptParts() {}

    /** The parts between {@code AND}, at least one; {@code a cat :1.2} at a part's end is its weight. */
    public static List<PromptPart> ofAnd(String prompt) {
        return Keyword.split(prompt, AND).stream().map(PromptParts::weighted).toList();
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
