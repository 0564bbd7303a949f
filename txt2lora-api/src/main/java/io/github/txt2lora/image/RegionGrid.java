package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Columns and rows, as in the web UI's extension Regional Prompter. The prompt contains the regions: {@code ADDCOL}
 * starts the next column and {@code ADDROW} the next row. Text before {@code ADDCOMM} belongs to all regions:
 * {@code 2girls, forest ADDCOMM red hair ADDCOL blue hair}. Text before {@code ADDBASE} is a base prompt, which applies
 * to the whole image in addition to the prompts of the regions: {@code 2girls ADDBASE red hair ADDCOL blue hair}. With
 * both, the common part comes first.
 *
 * <p>The negative prompt may use the same keywords for the same rows and columns, except {@code ADDBASE}. Without them,
 * it applies to all regions.
 *
 * @param ratios relative sizes; empty for equal parts. One list has the widths of the columns, or the heights of the
 *     rows if each row is a single region. Several lists, one for each row, have its height and then the widths of its
 *     columns; a row with a single region may omit the width
 * @param baseRatio share of the base prompt in each region, 0 to 1, 0.2 by default; ignored without {@code ADDBASE} in
 *     the prompt
 */
public record RegionGrid(List<List<Double>> ratios, double baseRatio) implements ImageComposition {

    /** The default of the extension. */
    private static final double DEFAULT_BASE_RATIO = 0.2;

    /**
     * Copies the lists.
     *
     * @throws InvalidSettingException if a ratio is not a positive number, or the base ratio not from 0 to 1
     */
    public RegionGrid {
        List<List<Double>> copy = new ArrayList<>();
        for (List<Double> row : Check.given("ratios", ratios)) {
            if (Check.given("ratios", row).isEmpty()) {
                throw new InvalidSettingException("ratios have an empty row; expected one or more numbers in each row");
            }
            row.forEach(ratio -> Check.positive("ratio", Check.given("ratio", ratio)));
            copy.add(List.copyOf(row));
        }
        ratios = List.copyOf(copy);
        Check.fraction("baseRatio", baseRatio);
    }

    /** Equal columns and rows; base ratio 0.2. */
    public static RegionGrid even() {
        return new RegionGrid(List.of(), DEFAULT_BASE_RATIO);
    }

    /**
     * Reads ratios in the syntax of the extension: {@code 1,2} or {@code 1,2,1,1;2,4,6}; base ratio 0.2.
     *
     * @throws InvalidSettingException if they are not positive numbers, separated by commas and semicolons
     */
    public static RegionGrid parse(String ratios) {
        List<List<Double>> rows = new ArrayList<>();
        for (String row : Check.given("ratios", ratios).split(";", -1)) {
            rows.add(Ratios.parse("ratios", row));
        }
        return new RegionGrid(rows, DEFAULT_BASE_RATIO);
    }

    /**
     * A copy with another base ratio.
     *
     * @throws InvalidSettingException if it is not from 0 to 1
     */
    public RegionGrid withBaseRatio(double baseRatio) {
        return new RegionGrid(ratios, baseRatio);
    }

    /**
     * The regions of a prompt, row by row, each of weight 1; together they cover the image once.
     *
     * @param columns number of regions in each row of the prompt, 1 or more each
     * @throws InvalidSettingException if the ratios have another number of rows or columns
     */
    public List<Region> regions(List<Integer> columns) {
        List<Double> heights = new ArrayList<>();
        List<List<Double>> widths = new ArrayList<>();
        for (int row = 0; row < columns.size(); row++) {
            heights.add(height(columns, row));
            widths.add(widths(columns, row));
        }
        List<Double> tops = edges(heights);
        List<Region> regions = new ArrayList<>();
        for (int row = 0; row < columns.size(); row++) {
            List<Double> lefts = edges(widths.get(row));
            for (int column = 0; column < columns.get(row); column++) {
                regions.add(new Region(lefts.get(column), tops.get(row), lefts.get(column + 1), tops.get(row + 1), 1));
            }
        }
        return regions;
    }

    private double height(List<Integer> columns, int row) {
        if (ratios.size() == 1 && isColumnOfRows(columns)) {
            return require(ratios.get(0), columns.size(), "rows").get(row);
        }
        return ratios.size() > 1 ? rowRatios(columns, row).get(0) : 1;
    }

    private List<Double> widths(List<Integer> columns, int row) {
        int count = columns.get(row);
        if (ratios.isEmpty() || (isColumnOfRows(columns) && ratios.size() == 1)) {
            return Collections.nCopies(count, 1.0);
        }
        if (ratios.size() == 1 && columns.size() == 1) {
            return require(ratios.get(0), count, "columns");
        }
        List<Double> rowRatios = rowRatios(columns, row);
        List<Double> widths = rowRatios.subList(1, rowRatios.size());
        return widths.isEmpty() && count == 1 ? List.of(1.0) : require(widths, count, "columns in row " + (row + 1));
    }

    private List<Double> rowRatios(List<Integer> columns, int row) {
        return require(ratios, columns.size(), "rows").get(row);
    }

    private static boolean isColumnOfRows(List<Integer> columns) {
        return columns.size() > 1 && columns.stream().allMatch(count -> count == 1);
    }

    private static <T> List<T> require(List<T> ratios, int count, String what) {
        if (ratios.size() != count) {
            throw new InvalidSettingException("the prompt has " + count + " " + what + ", but there are ratios for "
                    + ratios.size() + "; expected a ratio for each, or none at all for equal parts");
        }
        return ratios;
    }

    /** The start of each part of these relative sizes, and the end of the last one, 1. */
    private static List<Double> edges(List<Double> sizes) {
        double sum = sizes.stream().mapToDouble(Double::doubleValue).sum();
        List<Double> edges = new ArrayList<>();
        double reached = 0;
        for (double size : sizes) {
            edges.add(reached / sum);
            reached += size;
        }
        edges.add(1.0);
        return edges;
    }
}
