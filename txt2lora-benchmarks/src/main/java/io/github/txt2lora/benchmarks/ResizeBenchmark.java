package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.benchmarks.Sd15Layers.Layer;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.ScriptModule;
import io.github.txt2lora.torch.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Resizes a LoRA of all layers of Stable Diffusion 1.5's UNet from rank 16 to 4, with its files, and decomposes the
 * same layers' dense products in the same run. A dense decomposition takes the same time for every layer of a shape, so
 * one of each shape is measured and counted as often as the shape occurs.
 */
public final class ResizeBenchmark {

    private static final int RANK = 16;
    private static final int NEW_RANK = 4;
    private static final int ROUNDS = 3;

    private final Random random = new Random(1);

    private ResizeBenchmark() {}

    /** Runs the comparison and prints it; takes some minutes. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("resize-benchmark");
        Path input = folder.resolve("rank16.safetensors");
        Path output = folder.resolve("rank4.safetensors");
        try {
            new ResizeBenchmark().run(input, output);
        } finally {
            Files.deleteIfExists(input);
            Files.deleteIfExists(output);
            Files.delete(folder);
        }
    }

    private void run(Path input, Path output) {
        List<Layer> layers = Sd15Layers.list();
        writeLora(input, layers);
        double factors = secondsOfResize(input, output);
        double dense = secondsOfDense(layers);
        System.out.printf(
                Locale.ROOT,
                "%d modules, rank %d to %d: %.2f s by the factors (with reading and writing), %.1f s by dense SVD"
                        + " (without), %.0f times as long%n",
                layers.size(),
                RANK,
                NEW_RANK,
                factors,
                dense,
                dense / factors);
    }

    /** The fastest round; the first ones warm the virtual machine up. */
    private static double secondsOfResize(Path input, Path output) {
        double best = Double.POSITIVE_INFINITY;
        try (LoraOperations operations = LoraOperations.open()) {
            for (int i = 0; i < ROUNDS; i++) {
                long start = System.nanoTime();
                operations.resize(input, output, ResizeSpec.toRank(NEW_RANK));
                best = Math.min(best, (System.nanoTime() - start) * 1e-9);
            }
        }
        return best;
    }

    private double secondsOfDense(List<Layer> layers) {
        Map<String, List<Layer>> shapes = layers.stream()
                .collect(Collectors.groupingBy(
                        layer -> layer.outputs() + "x" + layer.fanIn(), TreeMap::new, Collectors.toList()));
        double seconds = 0;
        try (Torch torch =
                        Torch.start(EngineOptions.builder().device(Device.cpu()).build());
                ScriptModule script = torch.newModule(new ScriptClass("dense_svd", "DenseSvd"))) {
            for (Map.Entry<String, List<Layer>> shape : shapes.entrySet()) {
                double one = secondsOfDense(torch, script, shape.getValue().get(0));
                System.out.printf(
                        Locale.ROOT,
                        "dense %s: %.3f s, %d times%n",
                        shape.getKey(),
                        one,
                        shape.getValue().size());
                seconds += one * shape.getValue().size();
            }
        }
        return seconds;
    }

    private double secondsOfDense(Torch torch, ScriptModule script, Layer layer) {
        try (NDManager scope = torch.newScope()) {
            var down = scope.create(gaussian(RANK * layer.fanIn()), new Shape(RANK, layer.fanIn()));
            var up = scope.create(gaussian(RANK * layer.outputs()), new Shape(layer.outputs(), RANK));
            long start = System.nanoTime();
            script.call("decompose", scope).with(down).with(up).run();
            return (System.nanoTime() - start) * 1e-9;
        }
    }

    private void writeLora(Path file, List<Layer> layers) {
        List<SafetensorsEntry> entries = new ArrayList<>();
        for (Layer layer : layers) {
            boolean conv = layer.kernel() > 0;
            long kernel = layer.kernel();
            String module = "lora_unet_" + layer.name();
            entries.add(entry(module + ".alpha", List.of(), new float[] {RANK}));
            entries.add(entry(
                    module + ".lora_down.weight",
                    conv
                            ? List.of((long) RANK, (long) layer.inputs(), kernel, kernel)
                            : List.of((long) RANK, (long) layer.inputs()),
                    gaussian(RANK * layer.fanIn())));
            entries.add(entry(
                    module + ".lora_up.weight",
                    conv
                            ? List.of((long) layer.outputs(), (long) RANK, 1L, 1L)
                            : List.of((long) layer.outputs(), (long) RANK),
                    gaussian(RANK * layer.outputs())));
        }
        SafetensorsWriter.write(file, Map.of(), entries);
    }

    private static SafetensorsEntry entry(String name, List<Long> shape, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new SafetensorsEntry(name, ElementType.F32, shape, bytes::duplicate);
    }

    private float[] gaussian(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
