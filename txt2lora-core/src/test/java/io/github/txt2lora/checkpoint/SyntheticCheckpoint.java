package io.github.txt2lora.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

/** The smallest model of a family, of random weights, in a folder as diffusers writes it. */
public final class SyntheticCheckpoint {

    private static final int VOCABULARY = 49408;
    private static final int POSITIONS = 77;
    private static final int TEXT_WIDTH = 8;
    private static final int TEXT_WIDTH_2 = 12;
    private static final int TEXT_LAYERS = 2;
    private static final int SIZES_WIDTH = 6 * 256;
    private static final double SPREAD = 0.1;

    private SyntheticCheckpoint() {}

    /** Writes the model to an empty or absent folder, which it returns. */
    public static Path write(Path folder, StableDiffusion family) {
        boolean sdxl = family == StableDiffusion.SDXL;
        write(folder, Component.UNET, unet(family).tensors());
        write(folder, Component.VAE, new VaeStructure(List.of(32, 32, 32, 32), 1, 4).tensors());
        write(folder, Component.TEXT_ENCODER, textEncoder(TEXT_WIDTH, OptionalInt.empty()));
        if (sdxl) {
            write(folder, Component.TEXT_ENCODER_2, textEncoder(TEXT_WIDTH_2, OptionalInt.of(TEXT_WIDTH_2)));
        }
        return folder;
    }

    /** As {@link #write(Path, StableDiffusion)}, with a configuration of the scheduler. */
    public static Path write(Path folder, StableDiffusion family, String schedulerConfig) {
        write(folder, family);
        try {
            Path scheduler = Files.createDirectories(folder.resolve("scheduler"));
            Files.writeString(scheduler.resolve("scheduler_config.json"), schedulerConfig);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return folder;
    }

    private static UNetStructure unet(StableDiffusion family) {
        boolean sdxl = family == StableDiffusion.SDXL;
        return new UNetStructure(
                List.of(32, 64),
                1,
                // in SD 2.x also attention narrower than the 64 of its heads, which no real model has
                family == StableDiffusion.SD2 ? List.of(1, 1) : List.of(0, 1),
                1,
                sdxl ? TEXT_WIDTH + TEXT_WIDTH_2 : TEXT_WIDTH,
                64,
                family != StableDiffusion.SD1,
                sdxl ? OptionalInt.of(TEXT_WIDTH_2 + SIZES_WIDTH) : OptionalInt.empty());
    }

    private static Map<String, List<Long>> textEncoder(int width, OptionalInt projection) {
        return new TextEncoderStructure(VOCABULARY, POSITIONS, width, 4 * width, TEXT_LAYERS, projection).tensors();
    }

    private static void write(Path folder, Component component, Map<String, List<Long>> shapes) {
        Path part = folder.resolve(component.folderName());
        write(
                part.resolve(component.weightsName() + ".safetensors"),
                "",
                shapes,
                component.folderName().hashCode());
    }

    /**
     * Writes random weights.
     *
     * @param prefix of the keys
     */
    static void write(Path file, String prefix, Map<String, List<Long>> shapes, long seed) {
        try {
            Files.createDirectories(file.getParent());
            Random random = new Random(seed);
            List<SafetensorsEntry> entries = new ArrayList<>();
            shapes.forEach((name, shape) -> {
                ByteBuffer values = randomValues(random, name, shape);
                entries.add(new SafetensorsEntry(prefix + name, ElementType.F32, shape, () -> values));
            });
            SafetensorsWriter.write(file, Map.of(), entries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Matrices keep the size of what they are multiplied with; norms are near 1, biases near 0. */
    private static ByteBuffer randomValues(Random random, String name, List<Long> shape) {
        int count = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
        boolean vector = shape.size() == 1;
        double mean = vector && name.endsWith(".weight") ? 1 : 0;
        double spread = vector ? SPREAD : 1 / Math.sqrt((double) count / shape.get(0));
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat((float) (mean + random.nextGaussian() * spread));
        }
        return bytes.flip();
    }
}
