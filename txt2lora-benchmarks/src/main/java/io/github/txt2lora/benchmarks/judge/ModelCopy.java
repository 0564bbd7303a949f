package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;

/** The demo checkpoint with other weights: what a setting owes to those of the original shows in the difference. */
enum ModelCopy {
    /** The original. */
    ORIGINAL {
        @Override
        float[] changed(TensorView tensor, Random random) {
            return tensor.toFloats();
        }
    },
    /** Noise of a tenth of each tensor's standard deviation on all weights of the UNet. */
    DISTURBED {
        @Override
        float[] changed(TensorView tensor, Random random) {
            float[] values = tensor.toFloats();
            double deviation = NOISE * standardDeviation(values);
            for (int i = 0; i < values.length; i++) {
                values[i] += (float) (deviation * random.nextGaussian());
            }
            return values;
        }
    },
    /**
     * The keys and values of cross-attention are four times as large, the queries and the output a quarter: the network
     * computes what it did, but a LoRA of a given size changes a fourth or four times as much.
     */
    RESCALED {
        @Override
        float[] changed(TensorView tensor, Random random) {
            float[] values = tensor.toFloats();
            if (LARGER.matcher(tensor.name()).find()) {
                multiply(values, SCALE);
            } else if (SMALLER.matcher(tensor.name()).find()) {
                multiply(values, 1 / SCALE);
            }
            return values;
        }
    };

    private static final String UNET = "model.diffusion_model.";
    private static final double NOISE = 0.1;
    private static final float SCALE = 4;
    private static final Pattern LARGER = Pattern.compile("attn2\\.to_[kv]\\.weight$");
    private static final Pattern SMALLER = Pattern.compile("attn2\\.(to_q|to_out\\.0)\\.weight$");
    private static final long SEED = 7;

    /** The elements of a UNet's tensor in this copy. */
    abstract float[] changed(TensorView tensor, Random random);

    /** Writes the copy into a folder. */
    ModelSource writeTo(Path folder) {
        ModelSource original = DemoCheckpoint.copyTo(folder);
        if (this == ORIGINAL) {
            return original;
        }
        Path copy = folder.resolve(name().toLowerCase(Locale.ROOT) + ".safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve(DemoCheckpoint.NAME + ".safetensors"))) {
            var random = new Random(SEED);
            List<SafetensorsEntry> entries = file.tensors().stream()
                    .map(tensor -> tensor.name().startsWith(UNET)
                            ? entry(tensor, changed(tensor, random))
                            : SafetensorsEntry.of(tensor.name(), tensor))
                    .toList();
            SafetensorsWriter.write(copy, file.metadata(), entries);
        }
        return ModelSource.file(copy);
    }

    private static SafetensorsEntry entry(TensorView tensor, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return new SafetensorsEntry(tensor.name(), ElementType.F32, tensor.shape(), bytes::duplicate);
    }

    private static void multiply(float[] values, float factor) {
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
    }

    private static double standardDeviation(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length;
        return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
    }
}
