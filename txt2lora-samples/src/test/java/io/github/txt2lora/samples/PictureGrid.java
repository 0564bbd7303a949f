package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * The pictures of a PNG file that a sample made of the demo checkpoint's pictures, twice as large as they are; labels
 * are left of them and above.
 */
record PictureGrid(BufferedImage image, int rows, int columns, int width) {

    private static final int SIDE = 2 * DemoPictures.SIDE;
    private static final int GAP = 6;

    /** Of square pictures. */
    static PictureGrid read(Path file, int rows, int columns) throws IOException {
        return read(file, rows, columns, SIDE);
    }

    /** Of pictures for two characters beside each other. */
    static PictureGrid readWide(Path file, int rows, int columns) throws IOException {
        return read(file, rows, columns, 2 * SIDE);
    }

    private static PictureGrid read(Path file, int rows, int columns, int width) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isGreaterThanOrEqualTo(columns * (width + GAP));
        assertThat(image.getHeight()).isGreaterThanOrEqualTo(rows * (SIDE + GAP));
        return new PictureGrid(image, rows, columns, width);
    }

    /** The pixels of each picture, row by row. */
    List<List<Integer>> pictures() {
        List<List<Integer>> pictures = new ArrayList<>();
        for (int row = rows; row > 0; row--) {
            for (int column = columns; column > 0; column--) {
                int x = image.getWidth() - column * (width + GAP);
                int y = image.getHeight() - row * (SIDE + GAP);
                int[] pixels = image.getRGB(x, y, width, SIDE, null, 0, width);
                pictures.add(IntStream.of(pixels).boxed().toList());
            }
        }
        return pictures;
    }
}
