package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlackCatMaidTest {

    private static final int ROWS = 5;
    private static final int SIDE = 2 * 96;
    private static final int GAP = 6;

    @TempDir
    private Path folder;

    @Test
    void leaves_a_lora_and_a_picture_whose_rows_differ() throws IOException {
        BlackCatMaid.run(folder, 2, 1);

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("chibi.safetensors", "krnkmd.safetensors", "before-after.png");
        }
        BufferedImage picture = ImageIO.read(folder.resolve("before-after.png").toFile());
        assertThat(picture.getWidth()).isGreaterThan(SIDE);
        assertThat(picture.getHeight()).isGreaterThanOrEqualTo(GAP + ROWS * (SIDE + GAP));
        assertThat(rows(picture)).doesNotHaveDuplicates();
    }

    /** The pictures of the rows, which are at the right and below each other. */
    private static List<List<Integer>> rows(BufferedImage picture) {
        int left = picture.getWidth() - GAP - SIDE;
        return IntStream.range(0, ROWS)
                .mapToObj(row -> picture.getRGB(left, GAP + row * (SIDE + GAP), SIDE, SIDE, null, 0, SIDE))
                .map(pixels -> IntStream.of(pixels).boxed().toList())
                .toList();
    }
}
