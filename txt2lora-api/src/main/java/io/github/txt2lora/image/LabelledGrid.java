package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Excerpt;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images of one size in rows with labels, for example the same seeds without and with a LoRA.
 *
 * <pre>{@code
 * LabelledGrid.builder()
 *         .row("before", before)
 *         .row("after", after)
 *         .build()
 *         .writePng(Path.of("before-after.png"));
 * }</pre>
 *
 * <p>Needs no display. On a Java runtime without fonts the labels are left out.
 */
public final class LabelledGrid {

    /** The interpolation of enlarged images. */
    public enum Scaling {
        /** Each pixel becomes a square. */
        NEAREST,
        /** Smooth, by bicubic interpolation. */
        BICUBIC
    }

    private static final int MAX_SCALE = 16;
    private static final long MAX_PIXELS = 1L << 28;

    private final String title;
    private final List<String> columns;
    private final List<Row> rows;
    private final int columnsPerPage;
    private final int scale;
    private final Scaling scaling;

    /** A label and the images to its right. */
    record Row(String label, List<BufferedImage> images) {}

    private LabelledGrid(Builder builder) {
        title = builder.title;
        columns = builder.columns;
        rows = List.copyOf(builder.rows);
        columnsPerPage = builder.columnsPerPage;
        scale = builder.scale;
        scaling = builder.scaling;
    }

    /**
     * The most images of a size in a grid.
     *
     * @param width width of each in pixels, after scaling
     * @param height height of each
     */
    public static long mostPictures(int width, int height) {
        return MAX_PIXELS / ((long) width * height);
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Draws the grid on white.
     *
     * @return a new 8-bit RGB image, large enough for its content
     */
    public BufferedImage render() {
        return new GridPainter(this, GridText.find()).paint();
    }

    /**
     * Writes the grid as a PNG file. The file appears under its name only when it is complete, and replaces an existing
     * one.
     *
     * @param file the file; its folder must exist
     * @throws io.github.txt2lora.StorageException if it cannot be written
     */
    public void writePng(Path file) {
        PngFile.write(render(), Check.given("file", file));
    }

    String title() {
        return title;
    }

    /** Empty, or one label for each column. */
    List<String> columns() {
        return columns;
    }

    List<Row> rows() {
        return rows;
    }

    /** The first image; all have its size. */
    private BufferedImage first() {
        return rows.get(0).images().get(0);
    }

    /** Columns between two wider gaps; 0 for none. */
    int columnsPerPage() {
        return columnsPerPage;
    }

    int columnCount() {
        return rows.get(0).images().size();
    }

    int cellWidth() {
        return first().getWidth() * scale;
    }

    int cellHeight() {
        return first().getHeight() * scale;
    }

    Scaling scaling() {
        return scaling;
    }

    /** Collects the content of a {@link LabelledGrid}. A call replaces an earlier one, except {@link #row}. */
    public static final class Builder {

        private String title = "";
        private List<String> columns = List.of();
        private final List<Row> rows = new ArrayList<>();
        private int columnsPerPage;
        private int scale = 1;
        private Scaling scaling = Scaling.NEAREST;

        private Builder() {}

        /** A line above everything; empty, the default, for none. */
        public Builder title(String title) {
            this.title = Check.given("title", title);
            return this;
        }

        /**
         * Labels above the columns; empty, the default, for none.
         *
         * @throws InvalidSettingException if existing rows have another length
         */
        public Builder columns(List<String> labels) {
            for (String label : Check.given("columns", labels)) {
                Check.given("column label", label);
            }
            if (!labels.isEmpty() && !rows.isEmpty()) {
                requireSameLength(labels.size(), rows.get(0).images().size());
            }
            columns = List.copyOf(labels);
            return this;
        }

        /**
         * The number of columns of a page; pages are separated by a wider gap with a line. 0, the default, for one
         * page.
         *
         * @throws InvalidSettingException if the number is less than 0
         */
        public Builder columnsPerPage(int columns) {
            this.columnsPerPage = Check.atLeast("columnsPerPage", columns, 0);
            return this;
        }

        /**
         * Adds a row at the bottom. The images are copied.
         *
         * @param label label to the left of the images, wrapped if long; may be empty
         * @param images images, at least one; number and size must equal those of the other rows
         * @throws InvalidSettingException if the row is empty, or differs from an earlier row or the columns in length
         *     or size
         */
        public Builder row(String label, List<BufferedImage> images) {
            Check.given("row label", label);
            if (Check.given("row images", images).isEmpty()) {
                throw new InvalidSettingException(
                        "row " + Excerpt.quoted(label) + " has no images; expected at least one");
            }
            if (!columns.isEmpty()) {
                requireSameLength(columns.size(), images.size());
            }
            BufferedImage first = Check.given("image", images.get(0));
            if (!rows.isEmpty()) {
                Row other = rows.get(0);
                first = other.images().get(0);
                if (images.size() != other.images().size()) {
                    throw new InvalidSettingException(
                            "row " + Excerpt.quoted(label) + " has " + images.size() + " images; expected "
                                    + other.images().size() + " as in row " + Excerpt.quoted(other.label()));
                }
            }
            for (BufferedImage image : images) {
                requireSameSize(label, Check.given("image", image), first);
            }
            rows.add(new Row(label, images.stream().map(Builder::copyOf).toList()));
            return this;
        }

        /**
         * The factor by which images are enlarged, 1 to 16, and the interpolation; 1 and {@link Scaling#NEAREST} by
         * default.
         *
         * @throws InvalidSettingException if the factor is not from 1 to 16
         */
        public Builder scale(int factor, Scaling scaling) {
            this.scale = Check.between("scale", factor, 1, MAX_SCALE);
            this.scaling = Check.given("scaling", scaling);
            return this;
        }

        /**
         * Makes the grid.
         *
         * @throws InvalidSettingException if there is no row, or the images together have more than 2<sup>28</sup>
         *     pixels
         */
        public LabelledGrid build() {
            if (rows.isEmpty()) {
                throw new InvalidSettingException("the grid has no rows; call row(label, images) at least once");
            }
            LabelledGrid grid = new LabelledGrid(this);
            double pixels = (double) grid.cellWidth() * grid.cellHeight() * grid.columnCount() * rows.size();
            if (pixels > MAX_PIXELS) {
                throw new InvalidSettingException("the grid has " + (long) pixels + " pixels; expected at most "
                        + MAX_PIXELS + ": make the scale smaller or draw fewer images");
            }
            return grid;
        }

        private static void requireSameLength(int labels, int images) {
            if (labels != images) {
                throw new InvalidSettingException("there are " + labels + " column labels for rows of " + images
                        + " images; expected as many labels as images");
            }
        }

        private static void requireSameSize(String label, BufferedImage image, BufferedImage first) {
            if (image.getWidth() != first.getWidth() || image.getHeight() != first.getHeight()) {
                throw new InvalidSettingException(
                        "row " + Excerpt.quoted(label) + " has an image of " + image.getWidth() + "x"
                                + image.getHeight() + " pixels; expected " + first.getWidth() + "x" + first.getHeight()
                                + " like the first one");
            }
        }

        private static BufferedImage copyOf(BufferedImage image) {
            var copy = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_ARGB);
            Graphics2D graphics = copy.createGraphics();
            graphics.drawImage(image, 0, 0, null);
            graphics.dispose();
            return copy;
        }
    }
}
