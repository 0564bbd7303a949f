package io.github.txt2lora.internal;

import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import java.math.BigDecimal;

/**
 * A one-line description of a pair in plain words.
 *
 * @param pair to describe
 */
public record PairInWords(PromptPair pair) {

    /** The line. */
    public String text() {
        return meaning() + pictures() + (pair.multiplier() == 1 ? "" : ", at strength " + plain(pair.multiplier()));
    }

    private String pictures() {
        return pair.pictures().isEmpty()
                ? ""
                : ", with " + Count.of(pair.pictures().size(), "picture")
                        + (pair.pictureWeight() == 1 ? "" : " of weight " + plain(pair.pictureWeight()));
    }

    private String meaning() {
        String target = words(pair.target());
        if (pair.preserves()) {
            return target + " is kept";
        }
        boolean erases = pair.action() == PromptAction.ERASE;
        String others = compared() + strength();
        if (pair.guidanceScale() == 0) {
            return target + " learns: " + words(pair.neutral());
        } else if (erases && pair.positive().equals(pair.target())) {
            return target + " is erased" + others + neutral(", becoming ");
        } else if (erases) {
            return target + " loses: " + words(pair.positive()) + others + neutral(", taken from ");
        }
        return target + " learns: " + words(pair.positive()) + others + neutral(", added to ");
    }

    private String neutral(String before) {
        return pair.neutral().isBlank() || pair.neutral().equals(pair.unconditional())
                ? ""
                : before + words(pair.neutral());
    }

    private String compared() {
        return pair.unconditional().isBlank() ? "" : ", compared with " + words(pair.unconditional());
    }

    private String strength() {
        return pair.guidanceScale() == 1 ? "" : ", " + plain(pair.guidanceScale()) + " times";
    }

    private static String plain(double number) {
        return new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
    }

    private static String words(String prompt) {
        return prompt.isBlank() ? "the empty prompt" : Excerpt.of(prompt);
    }
}
