package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.image.ImagePlot;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.PlotAxis;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@link ImagePlot} with the real engine. */
class DrawnPlotTest {

    private static final String TRIGGER = "krnkmd";

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    private Path folder;

    @Test
    void every_cell_is_the_picture_that_its_values_give_alone() throws IOException {
        Path lora = engine.train(
                        Tiny.training(folder, Tiny.spec(2).learningRate(0.01)).build())
                .file();
        ImageRequest request =
                Tiny.picture().steps(1).prompt("a " + TRIGGER).lora(lora, 1).build();

        List<BufferedImage> cells = new ArrayList<>();
        for (String word : List.of(TRIGGER, "maid")) {
            for (double weight : new double[] {0, 1}) {
                for (long seed : new long[] {1, 2}) {
                    ImageRequest single = Tiny.picture()
                            .steps(1)
                            .prompt("a " + word)
                            .lora(lora, weight)
                            .seed(seed)
                            .build();
                    cells.add(engine.generate(single).get(0).image());
                }
            }
        }
        var plot = new ImagePlot(
                request,
                List.of(
                        new PlotAxis.LoraWeights(List.of(0.0, 1.0)),
                        new PlotAxis.Seeds(List.of(1L, 2L)),
                        new PlotAxis.PromptText(TRIGGER, List.of(TRIGGER, "maid"))));
        assertHolds(written(plot), cells);
    }

    @Test
    void guidance_scales_give_different_pictures() throws IOException {
        List<BufferedImage> cells = new ArrayList<>();
        for (double scale : new double[] {1, 9}) {
            ImageRequest single = Tiny.picture().guidanceScale(scale).build();
            cells.add(engine.generate(single).get(0).image());
        }
        var plot = new ImagePlot(Tiny.picture().build(), List.of(new PlotAxis.GuidanceScales(List.of(1.0, 9.0))));
        assertHolds(written(plot), cells);
    }

    private BufferedImage written(ImagePlot plot) throws IOException {
        Path file = folder.resolve("plot.png");
        plot.draw(engine, (done, total) -> {}).writePng(file);
        return ImageIO.read(file.toFile());
    }

    /** Different pictures, each of which stands somewhere in the plot. */
    private static void assertHolds(BufferedImage plot, List<BufferedImage> cells) {
        assertThat(cells.stream().map(DrawnPlotTest::pixels)).doesNotHaveDuplicates();
        assertThat(cells)
                .allSatisfy(cell ->
                        assertThat(holds(plot, pixels(cell), cell.getWidth())).isTrue());
    }

    private static boolean holds(BufferedImage plot, List<Integer> pixels, int width) {
        int height = pixels.size() / width;
        for (int y = 0; y + height <= plot.getHeight(); y++) {
            for (int x = 0; x + width <= plot.getWidth(); x++) {
                if ((plot.getRGB(x, y) == pixels.get(0))
                        && pixels(plot.getSubimage(x, y, width, height)).equals(pixels)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<Integer> pixels(BufferedImage image) {
        List<Integer> pixels = new ArrayList<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                pixels.add(image.getRGB(x, y));
            }
        }
        return pixels;
    }
}
