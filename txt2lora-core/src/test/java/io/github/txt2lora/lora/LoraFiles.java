package io.github.txt2lora.lora;

import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes small LoRA files of any naming with reproducible random numbers. */
final class LoraFiles {

    private final Random random;
    private final List<SafetensorsEntry> entries = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    LoraFiles(long seed) {
        this.random = new Random(seed);
    }

    LoraFiles kohya(String module, double alpha, List<Long> down, List<Long> up) {
        tensor(module + ".alpha", List.of(), (float) alpha);
        return random(module + ".lora_down.weight", down).random(module + ".lora_up.weight", up);
    }

    LoraFiles random(String name, List<Long> shape) {
        float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return tensor(name, shape, values);
    }

    LoraFiles tensor(String name, List<Long> shape, float... values) {
        ByteBuffer bytes = FloatEncoding.encode(ElementType.F32, values, 0, values.length);
        entries.add(new SafetensorsEntry(name, ElementType.F32, shape, bytes::duplicate));
        return this;
    }

    /** A tensor of one number in whatever format. */
    LoraFiles number(String name, ElementType type, List<Long> shape, long bits) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, bits)
                .limit(type.bytes());
        entries.add(new SafetensorsEntry(name, type, shape, bytes::duplicate));
        return this;
    }

    /** Random numbers in whatever floating-point format. */
    LoraFiles random(String name, ElementType type, List<Long> shape) {
        float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        ByteBuffer bytes = FloatEncoding.encode(type, values, 0, values.length);
        entries.add(new SafetensorsEntry(name, type, shape, bytes::duplicate));
        return this;
    }

    LoraFiles metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    Path write(Path file) {
        SafetensorsWriter.write(file, metadata, entries);
        return file;
    }

    /**
     * A file's addition to each layer: alpha / rank * up x down, in double precision, by the layer's diffusers name.
     */
    static Map<String, float[]> effects(Path file) {
        Map<String, float[]> effects = new LinkedHashMap<>();
        try (LoraSource lora = LoraSource.open(file)) {
            lora.pairs().forEach(pair -> effects.put(pair.name().diffusers(), effect(pair)));
        }
        return effects;
    }

    static float[] effect(LoraPair pair) {
        return product(pair.down().get(), pair.up().get(), pair.rank(), pair.scale());
    }

    /** factor * up x down. */
    static float[] product(float[] down, float[] up, int rank, double factor) {
        int inputs = down.length / rank;
        int outputs = up.length / rank;
        float[] product = new float[outputs * inputs];
        for (int row = 0; row < outputs; row++) {
            for (int column = 0; column < inputs; column++) {
                double sum = 0;
                for (int i = 0; i < rank; i++) {
                    sum += (double) up[row * rank + i] * down[i * inputs + column];
                }
                product[row * inputs + column] = (float) (factor * sum);
            }
        }
        return product;
    }

    static float[] sum(float[] a, float[] b, double factor) {
        float[] sum = a.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += (float) (factor * b[i]);
        }
        return sum;
    }
}
