package io.github.txt2lora.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits prompts at their keywords, which are words in capitals. */
public final class PromptParts {

    private static final Pattern AND = Pattern.compile("\\bAND\\b");
    private static final Pattern COMMON = Pattern.compile("\\bADDCOMM\\b");
    private static final Pattern ROW = Pattern.compile("\\bADDROW\\b");
    private static final Pattern COLUMN = Pattern.compile("\\bADDCOL\\b");
    private static final Pattern WEIGHT = Pattern.compile("[+-]?(?:\\d+\\.?\\d*|\\.\\d+)");

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
     */
    public static List<List<String>> ofGrid(String prompt) {
        Matcher common = COMMON.matcher(prompt);
        boolean hasCommon = common.find();
        String prefix = hasCommon ? prompt.substring(0, common.start()).strip() + ", " : "";
        String regions = hasCommon ? prompt.substring(common.end()) : prompt;
        List<List<String>> rows = new ArrayList<>();
        for (String row : split(regions, ROW)) {
            rows.add(split(row, COLUMN).stream()
                    .map(region -> prefix + region.strip())
                    .toList());
        }
        return rows;
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
