package io.github.txt2lora.benchmarks;

import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.HalfFloats;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorShapes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * A checkpoint that has the names and shapes of a real one and random weights: as large and as slow, and free to use.
 *
 * @param unet the denoising network
 * @param vae the autoencoder
 * @param textEncoders one, or SDXL's two
 */
public record SyntheticCheckpoint(UNetShapes unet, VaeShapes vae, List<TextEncoderShapes> textEncoders) {

    private static final VaeShapes FULL_VAE = new VaeShapes(List.of(128, 256, 512, 512), 2);

    /** Stable Diffusion 1.5: 1130 tensors, 1.07 billion parameters, 2.1 GB on the disk. */
    public static final SyntheticCheckpoint SD15 = new SyntheticCheckpoint(
            new UNetShapes(List.of(320, 640, 1280, 1280), 2, List.of(1, 1, 1, 0), 1, 768, false, OptionalInt.empty()),
            FULL_VAE,
            List.of(new ClipShapes("cond_stage_model.transformer.text_model.", 768, 12)));

    /** Stable Diffusion 2.1: 1.29 billion parameters, 2.6 GB on the disk. */
    public static final SyntheticCheckpoint SD21 = new SyntheticCheckpoint(
            new UNetShapes(List.of(320, 640, 1280, 1280), 2, List.of(1, 1, 1, 0), 1, 1024, true, OptionalInt.empty()),
            FULL_VAE,
            List.of(new OpenClipShapes("cond_stage_model.model.", 1024, 23, false)));

    /** Stable Diffusion XL: 3.47 billion parameters, 6.9 GB on the disk. */
    public static final SyntheticCheckpoint SDXL = new SyntheticCheckpoint(
            new UNetShapes(List.of(320, 640, 1280), 2, List.of(0, 2, 10), 10, 2048, true, OptionalInt.of(2816)),
            FULL_VAE,
            List.of(
                    new ClipShapes("conditioner.embedders.0.transformer.text_model.", 768, 12),
                    new OpenClipShapes("conditioner.embedders.1.model.", 1280, 32, true)));

    /** Weights are drawn from so many values of the normal distribution: one for each value of 12 random bits. */
    private static final int TABLE_SIZE = 1 << 12;

    private static final int TABLE_BITS = Integer.numberOfTrailingZeros(TABLE_SIZE);

    /** Names and shapes of all tensors, in the order of the file. */
    Map<String, List<Long>> shapes() {
        var shapes = new TensorShapes();
        unet.addTo(shapes);
        vae.addTo(shapes);
        textEncoders.forEach(encoder -> encoder.addTo(shapes));
        return shapes.byName();
    }

    /**
     * Writes the checkpoint in half precision, one tensor at a time. Normalisations change nothing, biases are zero,
     * and all other weights are normal with the variance 1 / inputs, so that activations stay finite.
     */
    public void write(Path file) {
        List<SafetensorsEntry> entries = shapes().entrySet().stream()
                .map(tensor -> entry(tensor.getKey(), tensor.getValue()))
                .toList();
        SafetensorsWriter.write(file, Map.of("format", "pt"), entries);
    }

    private static SafetensorsEntry entry(String name, List<Long> shape) {
        return new SafetensorsEntry(name, ElementType.F16, shape, () -> {
            if (shape.size() == 1) {
                return constant(name.endsWith(".weight") ? 1 : 0, shape.get(0));
            }
            return normal(shape, new SplittableRandom(name.hashCode()));
        });
    }

    private static ByteBuffer constant(float value, long elements) {
        ByteBuffer bytes = buffer(elements);
        short half = HalfFloats.floatToHalf(value);
        while (bytes.hasRemaining()) {
            bytes.putShort(half);
        }
        return bytes.flip();
    }

    private static ByteBuffer normal(List<Long> shape, SplittableRandom random) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        double deviation = 1 / Math.sqrt((double) elements / shape.get(0));
        short[] table = new short[TABLE_SIZE];
        for (int i = 0; i < TABLE_SIZE; i++) {
            table[i] = HalfFloats.floatToHalf((float) (random.nextGaussian() * deviation));
        }
        ByteBuffer bytes = buffer(elements);
        while (bytes.hasRemaining()) {
            long bits = random.nextLong();
            for (int used = 0; used + TABLE_BITS <= Long.SIZE && bytes.hasRemaining(); used += TABLE_BITS) {
                bytes.putShort(table[(int) (bits >>> used) & (TABLE_SIZE - 1)]);
            }
        }
        return bytes.flip();
    }

    private static ByteBuffer buffer(long elements) {
        return ByteBuffer.allocate(Math.toIntExact(Short.BYTES * elements)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
