package io.github.txt2lora.text;

import io.github.txt2lora.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt with a part for each region of a grid, as in the web UI's extension Regional Prompter: {@code ADDROW} begins
 * a row, {@code ADDCOL} a column; what stands before {@code ADDCOMM} is put before each part, and what stands before
 * {@code ADDBASE} is a part of its own.
 *
 * @param base the part for the whole image, beside those of the regions
 * @param rows one or more rows of one or more parts
 */
public record PromptGrid(Optional<String> base, List<List<String>> rows) {

    private static final Pattern COMMON = Keyword.pattern("ADDCOMM");
    private static final Pattern BASE = Keyword.pattern("ADDBASE");
    private static final Pattern ROW = Keyword.pattern("ADDROW");
    private static final Pattern COLUMN = Keyword.pattern("ADDCOL");

    /** Each region repeats the common part, so without a limit a long prompt would need the square of its length. */
    private static final int MOST_REGIONS = 100;

    /** Copies the lists. */
    public PromptGrid {
        rows = rows.stream().map(List::copyOf).toList();
    }

    /** A prompt that is cut at a keyword: what stands before its first place, if there is one, and what after. */
    private record Cut(Optional<String> before, String after) {

        static Cut at(Pattern keyword, String prompt) {
            Matcher found = keyword.matcher(prompt);
            return found.find()
                    ? new Cut(Optional.of(prompt.substring(0, found.start()).strip()), prompt.substring(found.end()))
                    : new Cut(Optional.empty(), prompt);
        }
    }

    /**
     * Reads a prompt.
     *
     * @throws InvalidSettingException if there are more than 100 regions, or {@code ADDBASE} before {@code ADDCOMM}
     */
    public static PromptGrid parse(String prompt) {
        Cut common = Cut.at(COMMON, prompt);
        Cut base = Cut.at(BASE, common.after());
        if (common.before().filter(text -> BASE.matcher(text).find()).isPresent()) {
            throw new InvalidSettingException(
                    "the prompt has ADDBASE before ADDCOMM; expected: common ADDCOMM base ADDBASE regions");
        }
        String prefix = common.before().map(text -> text + ", ").orElse("");
        List<List<String>> rows = new ArrayList<>();
        for (String row : Keyword.split(base.after(), ROW)) {
            rows.add(Keyword.split(row, COLUMN));
        }
        requireFew(rows.stream().mapToInt(List::size).sum());
        return new PromptGrid(
                base.before().map(text -> prefix + text),
                rows.stream()
                        .map(row ->
                                row.stream().map(part -> prefix + part.strip()).toList())
                        .toList());
    }

    private static void requireFew(int regions) {
        if (regions > MOST_REGIONS) {
            throw new InvalidSettingException(
                    "prompt has %d regions (ADDROW, ADDCOL); expected at most %d".formatted(regions, MOST_REGIONS));
        }
    }

    /** The number of regions in each row. */
    public List<Integer> columns() {
        return rows.stream().map(List::size).toList();
    }

    /** The parts of the regions, row by row. */
    public List<String> parts() {
        return rows.stream().flatMap(List::stream).toList();
    }
}
