package io.github.txt2lora.text;

import io.github.txt2lora.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits prompts at their keywords, which are words in capitals. */
public final class PromptParts {

    private static final Pattern AND = Keyword.pattern("AND");
    private static final Pattern COMMON = Keyword.pattern("ADDCOMM");
    private static final Pattern ROW = Keyword.pattern("ADDROW");
    private static final Pattern COLUMN = Keyword.pattern("ADDCOL");

    /** Possessive, so that no number is scanned twice. */
    private static final Pattern WEIGHT = Pattern.compile("[+-]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)");

    /** Each region repeats the common part, so without a limit a long prompt would need the square of its length. */
    private static final int MOST_REGIONS = 100;

    private PromptParts() {}

    /** The parts between {@code AND}, at least one; {@code a cat :1.2} at a part's end is its weight. */
    public static List<PromptPart> ofAnd(String prompt) {
        return split(prompt, AND).stream().map(PromptParts::weighted).toList();
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

    /**
     * The prompts of a grid of regions, row by row: {@code ADDROW} begins a row, {@code ADDCOL} a column, and what
     * stands before {@code ADDCOMM} is put before each of them.
     *
     * @return one or more rows of one or more prompts
     * @throws InvalidSettingException if there are more than 100 regions
     */
    public static List<List<String>> ofGrid(String prompt) {
        Matcher common = COMMON.matcher(prompt);
        boolean hasCommon = common.find();
        String prefix = hasCommon ? prompt.substring(0, common.start()).strip() + ", " : "";
        String regions = hasCommon ? prompt.substring(common.end()) : prompt;
        List<List<String>> rows = new ArrayList<>();
        for (String row : split(regions, ROW)) {
            rows.add(split(row, COLUMN));
        }
        requireFew(rows.stream().mapToInt(List::size).sum());
        return rows.stream()
                .map(row -> row.stream().map(region -> prefix + region.strip()).toList())
                .toList();
    }

    private static void requireFew(int regions) {
        if (regions > MOST_REGIONS) {
            throw new InvalidSettingException(
                    "prompt has %d regions (ADDROW, ADDCOL); expected at most %d".formatted(regions, MOST_REGIONS));
        }
    }

    private static List<String> split(String text, Pattern keyword) {
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
