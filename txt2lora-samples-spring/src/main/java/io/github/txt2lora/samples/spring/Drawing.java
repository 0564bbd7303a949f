package io.github.txt2lora.samples.spring;

import io.github.txt2lora.image.ImageRequest;
import java.util.List;

/**
 * A table of images.
 *
 * @param rows their labels
 * @param columns their labels
 * @param cells images in the order in which they are drawn
 */
record Drawing(List<String> rows, List<String> columns, List<Cell> cells) {

    /**
     * An image of the table.
     *
     * @param row index of its row
     * @param column index of its column
     * @param request what it shows
     */
    record Cell(int row, int column, ImageRequest request) {}
}
