package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A region for each part of the prompt, in order. {@code AND} separates parts, as in the web UI's extension Latent
 * Couple. Regions may overlap.
 *
 * @param regions regions, at least one
 */
public record LatentCouple(List<Region> regions) implements ImageComposition {

    private static final Pattern CELL = Pattern.compile("(\\d{1,3}):(\\d{1,3})-(\\d{1,3}):(\\d{1,3})");

    /**
     * Copies the list.
     *
     * @throws InvalidSettingException if it is empty
     */
    public LatentCouple {
        for (Region region : Check.given("regions", regions)) {
            Check.given("region", region);
        }
        if (regions.isEmpty()) {
            throw new InvalidSettingException("regions are empty; expected one for each part of the prompt");
        }
        regions = List.copyOf(regions);
    }

    /**
     * Reads regions in the syntax of the extension.
     *
     * @param regions for each part {@code rows:columns-row:column}, counted from 0: {@code 1:1-0:0,1:2-0:0,1:2-0:1} are
     *     the whole image, its left half and its right half
     * @param weights a number for each region: {@code 0.2,0.8,0.8}
     * @throws InvalidSettingException if either is malformed, or they differ in number
     */
    public static LatentCouple parse(String regions, String weights) {
        String[] cells = Check.given("regions", regions).split(",", -1);
        List<Double> numbers = Ratios.parse("region weights", weights);
        if (cells.length != numbers.size()) {
            throw new InvalidSettingException("regions are " + cells.length + " and their weights " + numbers.size()
                    + "; expected a weight for each region");
        }
        List<Region> parsed = new ArrayList<>();
        for (int i = 0; i < cells.length; i++) {
            parsed.add(region(cells[i].strip(), numbers.get(i)));
        }
        return new LatentCouple(parsed);
    }

    /**
     * Reads regions from the three fields of the extension.
     *
     * @param divisions rows and columns of the image for each part: {@code 1:1,1:2,1:2}
     * @param positions row and column of each part, counted from 0: {@code 0:0,0:0,0:1}
     * @param weights a number for each region: {@code 0.2,0.8,0.8}
     * @throws InvalidSettingException if one of them is malformed, or they differ in number
     */
    public static LatentCouple parse(String divisions, String positions, String weights) {
        String[] divided = Check.given("divisions", divisions).split(",", -1);
        String[] placed = Check.given("positions", positions).split(",", -1);
        if (divided.length != placed.length) {
            throw new InvalidSettingException("divisions are " + divided.length + " and positions " + placed.length
                    + "; expected a division and a position for each region");
        }
        List<String> regions = new ArrayList<>();
        for (int i = 0; i < divided.length; i++) {
            regions.add(divided[i].strip() + "-" + placed[i].strip());
        }
        return parse(String.join(",", regions), weights);
    }

    private static Region region(String text, double weight) {
        Matcher cell = CELL.matcher(text);
        if (cell.matches()) {
            int rows = Integer.parseInt(cell.group(1));
            int columns = Integer.parseInt(cell.group(2));
            int row = Integer.parseInt(cell.group(3));
            int column = Integer.parseInt(cell.group(4));
            if (row < rows && column < columns) {
                return new Region(
                        (double) column / columns,
                        (double) row / rows,
                        (column + 1.0) / columns,
                        (row + 1.0) / rows,
                        weight);
            }
        }
        throw InvalidSettingException.of(
                "region",
                text,
                "rows:columns-row:column with row and column counted from 0, for example 1:2-0:1 for the right half");
    }
}
