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
record PictureGrid(BufferedImage image, int rows, int columns) {

    private static final int SIDE = 2 * DemoSettings.RESOLUTION;
    private static final int GAP = 6;

    static PictureGrid read(Path file, int rows, int columns) throws IOException {
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isGreaterThanOrEqualTo(columns * (SIDE + GAP));
        assertThat(image.getHeight()).isGreaterThanOrEqualTo(rows * (SIDE + GAP));
        return new PictureGrid(image, rows, columns);
    }

    /** The pixels of each picture, row by row. */
    List<List<Integer>> pictures() {
        List<List<Integer>> pictures = new ArrayList<>();
        for (int row = rows; row > 0; row--) {
            for (int column = columns; column > 0; column--) {
                int x = image.getWidth() - column * (SIDE + GAP);
                int y = image.getHeight() - row * (SIDE + GAP);
                int[] pixels = image.getRGB(x, y, SIDE, SIDE, null, 0, SIDE);
                pictures.add(IntStream.of(pixels).boxed().toList());
            }
        }
        return pictures;
    }
}
