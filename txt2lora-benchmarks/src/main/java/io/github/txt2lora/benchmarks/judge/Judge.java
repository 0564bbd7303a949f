package io.github.txt2lora.benchmarks.judge;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * Names the attributes of the character in an image of the demo checkpoint: a small convolutional network that was
 * trained on drawn images ({@code judge.safetensors}, CC0).
 */
final class Judge {

    private static final String FILE = "judge.safetensors";

    /** The width and height of the images that it was trained on, in pixels. */
    static final int SIDE = 96;

    private static final int CONVOLUTIONS = 4;

    /** Pixels a side after the convolutions. */
    private static final int FEATURE_SIDE = SIDE >> CONVOLUTIONS;

    private static final int GRID_SIDE = 3;

    private final Map<String, List<String>> labels;
    private final List<Convolution> convolutions;
    private final Map<String, Head> heads = new LinkedHashMap<>();

    /** The linear layer of one attribute. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Head(float[] weight, float[] bias) {

        int largest(float[] features) {
            int largest = 0;
            double most = Double.NEGATIVE_INFINITY;
            for (int output = 0; output < bias.length; output++) {
                double sum = bias[output];
                for (int i = 0; i < features.length; i++) {
                    sum += weight[output * features.length + i] * features[i];
                }
                if (sum > most) {
                    most = sum;
                    largest = output;
                }
            }
            return largest;
        }
    }

    private Judge(SafetensorsFile file) throws IOException {
        labels = new ObjectMapper()
                .readValue(
                        Objects.requireNonNull(file.metadata().get("labels")),
                        new TypeReference<LinkedHashMap<String, List<String>>>() {});
        convolutions = IntStream.range(0, CONVOLUTIONS)
                .mapToObj(i -> new Convolution(
                        file.tensor("conv." + i + ".weight").toFloats(),
                        file.tensor("conv." + i + ".bias").toFloats()))
                .toList();
        for (String attribute : labels.keySet()) {
            String layer = "head." + attribute.replace(' ', '_');
            heads.put(
                    attribute,
                    new Head(
                            file.tensor(layer + ".weight").toFloats(),
                            file.tensor(layer + ".bias").toFloats()));
        }
    }

    /** Reads the network. */
    static Judge load() throws IOException {
        Path copy = Files.createTempFile("judge", ".safetensors");
        try (InputStream in = Objects.requireNonNull(Judge.class.getResourceAsStream(FILE))) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            try (SafetensorsFile file = SafetensorsFile.open(copy)) {
                return new Judge(file);
            }
        } finally {
            Files.delete(copy);
        }
    }

    /** The labels that it knows, by attribute; {@code None} or {@code False} says that there is no such thing. */
    Map<String, List<String>> labels() {
        return labels;
    }

    /**
     * The label of each attribute.
     *
     * @param image with a width of at least {@code left + 96} and a height of 96
     * @param left where the part to be judged begins
     */
    Map<String, String> attributes(BufferedImage image, int left) {
        float[] values = pixels(image, left);
        int side = SIDE;
        for (Convolution convolution : convolutions) {
            values = convolution.apply(values, side);
            side /= 2;
        }
        float[] features = gridMeans(values);
        Map<String, String> named = new LinkedHashMap<>();
        heads.forEach((attribute, head) -> named.put(
                attribute, Objects.requireNonNull(labels.get(attribute)).get(head.largest(features))));
        return named;
    }

    /**
     * As {@link #attributes(BufferedImage, int)}, of a square image of any size.
     *
     * @param image is enlarged or reduced to 96x96 pixels
     */
    Map<String, String> attributes(BufferedImage image) {
        if (image.getWidth() == SIDE) {
            return attributes(image, 0);
        }
        var scaled = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(image, 0, 0, SIDE, SIDE, null);
        graphics.dispose();
        return attributes(scaled, 0);
    }

    /** [3, 96, 96] from -1 to 1. */
    private static float[] pixels(BufferedImage image, int left) {
        float[] pixels = new float[3 * SIDE * SIDE];
        for (int channel = 0; channel < 3; channel++) {
            for (int y = 0; y < SIDE; y++) {
                for (int x = 0; x < SIDE; x++) {
                    int value = image.getRGB(left + x, y) >> (16 - 8 * channel) & 0xff;
                    pixels[(channel * SIDE + y) * SIDE + x] = value / 127.5f - 1;
                }
            }
        }
        return pixels;
    }

    /** The mean over each cell of a grid, [channels, 3, 3]. */
    private static float[] gridMeans(float[] values) {
        int cell = FEATURE_SIDE / GRID_SIDE;
        int channels = values.length / (FEATURE_SIDE * FEATURE_SIDE);
        float[] means = new float[channels * GRID_SIDE * GRID_SIDE];
        for (int i = 0; i < values.length; i++) {
            int channel = i / (FEATURE_SIDE * FEATURE_SIDE);
            int y = i / FEATURE_SIDE % FEATURE_SIDE / cell;
            int x = i % FEATURE_SIDE / cell;
            means[(channel * GRID_SIDE + y) * GRID_SIDE + x] += values[i] / (cell * cell);
        }
        return means;
    }
}
