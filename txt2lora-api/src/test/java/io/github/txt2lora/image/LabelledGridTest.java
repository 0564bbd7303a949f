package io.github.txt2lora.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.image.LabelledGrid.Scaling;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelledGridTest {

    private static final int RED = 0xffff0000;
    private static final int BLUE = 0xff0000ff;
    private static final int WHITE = 0xffffffff;

    @TempDir
    private Path folder;

    @Test
    void is_as_large_as_its_pictures_and_gaps_without_labels() {
        BufferedImage grid = LabelledGrid.builder()
                .row("", List.of(square(RED, 10), square(RED, 10), square(RED, 10)))
                .row("", List.of(square(BLUE, 10), square(BLUE, 10), square(BLUE, 10)))
                .scale(2, Scaling.NEAREST)
                .build()
                .render();

        assertThat(grid.getWidth()).isEqualTo(6 + 3 * (20 + 6));
        assertThat(grid.getHeight()).isEqualTo(6 + 2 * (20 + 6));
        assertThat(grid.getType()).isEqualTo(BufferedImage.TYPE_INT_RGB);
        assertThat(grid.getRGB(6, 6)).isEqualTo(RED);
        assertThat(grid.getRGB(5, 6)).isEqualTo(WHITE);
        assertThat(grid.getRGB(25, 25)).isEqualTo(RED);
        assertThat(grid.getRGB(26, 25)).isEqualTo(WHITE);
        assertThat(grid.getRGB(6, 32)).isEqualTo(BLUE);
    }

    @Test
    void pages_are_set_apart_by_a_wider_gap_with_a_line() {
        BufferedImage grid = LabelledGrid.builder()
                .row("", List.of(square(RED, 10), square(RED, 10), square(BLUE, 10), square(BLUE, 10)))
                .columnsPerPage(2)
                .build()
                .render();

        assertThat(grid.getWidth()).isEqualTo(6 + 4 * (10 + 6) + 24);
        assertThat(grid.getRGB(6 + 10 + 6, 6)).isEqualTo(RED);
        assertThat(grid.getRGB(6 + 2 * 16 + 24, 6)).isEqualTo(BLUE);
        int line = 6 + 2 * 16 + 24 - 15;
        assertThat(grid.getRGB(line, 10)).isNotEqualTo(WHITE);
        assertThat(grid.getRGB(line - 1, 10)).isEqualTo(WHITE);
        assertThat(grid.getRGB(line + 1, 10)).isEqualTo(WHITE);
    }

    @Test
    void labels_leave_every_pixel_of_the_pictures_alone() {
        String prompt = "short hair,maid uniform,frilled skirt,sleeves, ".repeat(5) + "x".repeat(200);
        BufferedImage grid = LabelledGrid.builder()
                .title(prompt)
                .columns(List.of(prompt, "right"))
                .row(prompt, List.of(square(RED, 40), square(RED, 40)))
                .row("below", List.of(square(RED, 40), square(RED, 40)))
                .build()
                .render();

        assertThat(count(grid, RED)).isEqualTo(4 * 40 * 40);
        assertThat(darkPixels(grid)).as("pixels of text").isPositive();
    }

    @Test
    void long_labels_are_wrapped_into_a_band_of_limited_width() {
        String prompt = "maid headdress,black rimmed glasses,".repeat(10);
        BufferedImage wrapped = row(prompt).build().render();
        BufferedImage plain = row("").build().render();

        assertThat(wrapped.getWidth() - plain.getWidth()).isBetween(1, 176);
        assertThat(wrapped.getHeight()).isGreaterThan(plain.getHeight());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    blonde_knight-in-silver-armour-v2.1-e000010 | blonde_ knight- in- silver- armour- v2.1- e000010
                    CounterfeitV30_fullPrunedNoVaeFixed         | CounterfeitV30_ full Pruned No Vae Fixed
                    models.anime.of.last.year.pruned            | models. anime. of. last. year. pruned
                    folder/AnythingV5Ink-fp16                   | folder/ Anything V5Ink- fp16
                    """)
    void names_that_are_too_long_for_a_line_are_split_at_their_own_marks(String name, String parts) {
        GridText text = GridText.find().orElseThrow();
        List<String> words = List.of(parts.split(" "));

        List<String> lines = text.wrap(name, text.width(words));

        assertThat(lines).hasSizeGreaterThan(1);
        assertThat(text.width(lines)).isLessThanOrEqualTo(text.width(words));
        assertThat(String.join("", lines)).isEqualTo(name);
        assertThat(startsOf(words)).containsAll(startsOf(lines));
    }

    /** The number of characters before each. */
    private static List<Integer> startsOf(List<String> parts) {
        List<Integer> starts = new ArrayList<>();
        int start = 0;
        for (String part : parts) {
            starts.add(start);
            start += part.length();
        }
        return starts;
    }

    @Test
    void words_that_fit_into_a_line_are_not_split() {
        GridText text = GridText.find().orElseThrow();

        assertThat(text.wrap("cat-ears, black_hair, maid-Uniform", text.width(List.of("maid-Uniform,"))))
                .containsExactly("cat-ears,", "black_hair,", "maid-Uniform");
        assertThat(text.wrap("cat, black_hair-and-more", text.width(List.of("black_hair-"))))
                .startsWith("cat,", "black_hair-");
    }

    @Test
    void what_has_no_marks_is_split_between_characters() {
        GridText text = GridText.find().orElseThrow();
        String emoji = "\ud83d\udc31".repeat(30);

        List<String> lines = text.wrap(emoji, text.width(List.of("mmm")));

        assertThat(String.join("", lines)).isEqualTo(emoji);
        assertThat(lines)
                .hasSizeGreaterThan(1)
                .allSatisfy(line -> assertThat(line.length() % 2).isZero());
    }

    @Test
    void is_drawn_without_text_where_there_are_no_fonts() {
        LabelledGrid labelled =
                row("label").title("title").columns(List.of("column")).build();

        BufferedImage withoutFonts = new GridPainter(labelled, Optional.empty()).paint();

        assertThat(withoutFonts.getWidth()).isEqualTo(row("").build().render().getWidth());
        assertThat(darkPixels(withoutFonts)).isZero();
        assertThat(count(withoutFonts, RED)).isEqualTo(40 * 40);
    }

    @Test
    void bicubic_scaling_blends_where_nearest_keeps_edges() {
        BufferedImage edge = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        edge.setRGB(0, 0, RED);
        edge.setRGB(1, 0, BLUE);

        assertThat(colours(edge, Scaling.NEAREST)).containsExactlyInAnyOrder(RED, BLUE, WHITE);
        assertThat(colours(edge, Scaling.BICUBIC)).hasSizeGreaterThan(3);
    }

    @Test
    void later_changes_of_a_picture_do_not_show() {
        BufferedImage picture = square(RED, 40);
        LabelledGrid grid = LabelledGrid.builder().row("", List.of(picture)).build();
        picture.setRGB(0, 0, BLUE);

        assertThat(count(grid.render(), BLUE)).isZero();
    }

    @Test
    void rejects_rows_of_different_length() {
        LabelledGrid.Builder builder = row("first");

        assertThatThrownBy(() -> builder.row("second", List.of(square(RED, 40), square(RED, 40))))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("row \"second\" has 2 images; expected 1 as in row \"first\"");
    }

    @Test
    void rejects_pictures_of_different_size() {
        assertThatThrownBy(() -> row("first").row("second", List.of(square(RED, 41))))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("row \"second\" has an image of 41x41 pixels; expected 40x40 like the first one");
        assertThatThrownBy(() -> LabelledGrid.builder().row("one", List.of(square(RED, 8), square(RED, 16))))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("16x16");
    }

    @Test
    void rejects_column_labels_that_do_not_match_the_rows_in_either_order() {
        assertThatThrownBy(() -> row("first").columns(List.of("a", "b")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("there are 2 column labels for rows of 1 images; expected as many labels as images");
        assertThatThrownBy(
                        () -> LabelledGrid.builder().columns(List.of("a", "b")).row("first", List.of(square(RED, 40))))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("2 column labels");
    }

    @Test
    void rejects_an_empty_row_an_empty_grid_and_an_enormous_one() {
        assertThatThrownBy(() -> LabelledGrid.builder().row("empty", List.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("row \"empty\" has no images; expected at least one");
        assertThatThrownBy(() -> LabelledGrid.builder().build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("the grid has no rows");
        assertThatThrownBy(() -> row("").scale(17, Scaling.NEAREST))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("scale is 17; expected a number from 1 to 16");
        LabelledGrid.Builder enormous =
                LabelledGrid.builder().scale(16, Scaling.NEAREST).row("", Collections.nCopies(700, square(RED, 40)));
        assertThatThrownBy(enormous::build)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("expected at most 268435456");
    }

    @Test
    void writes_a_png_in_place_of_an_older_file_and_leaves_nothing_beside_it() throws IOException {
        Path file = Files.writeString(folder.resolve("grid.png"), "old");

        row("label").build().writePng(file);

        assertThat(ImageIO.read(file.toFile()).getHeight()).isEqualTo(40 + 2 * 6);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void says_which_file_cannot_be_written() {
        Path file = folder.resolve("missing").resolve("grid.png");

        assertThatThrownBy(() -> row("label").build().writePng(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(file.toString());
    }

    private static LabelledGrid.Builder row(String label) {
        return LabelledGrid.builder().row(label, List.of(square(RED, 40)));
    }

    private static List<Integer> colours(BufferedImage image, Scaling scaling) {
        return pixels(LabelledGrid.builder()
                        .row("", List.of(image))
                        .scale(8, scaling)
                        .build()
                        .render())
                .distinct()
                .boxed()
                .toList();
    }

    private static BufferedImage square(int colour, int side) {
        var image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                image.setRGB(x, y, colour);
            }
        }
        return image;
    }

    private static long count(BufferedImage image, int colour) {
        return pixels(image).filter(pixel -> pixel == colour).count();
    }

    private static long darkPixels(BufferedImage image) {
        return pixels(image)
                .filter(pixel -> (pixel & 0xff) < 100 && ((pixel >> 16) & 0xff) < 100)
                .count();
    }

    private static IntStream pixels(BufferedImage image) {
        return IntStream.of(image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()));
    }
}
