package io.github.txt2lora.ops;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A merge of LoRAs into one.
 *
 * @param loras LoRA files, at least one, each with its weight, which may be negative
 * @param output file to write, in the naming of the first LoRA
 * @param resize settings for reducing the rank; empty keeps the sum of the ranks
 * @param precision number format of the file; empty for that of the inputs, or FP32 if they differ
 */
public record LoraMerge(
        List<LoraWeight> loras, Path output, Optional<ResizeSpec> resize, Optional<Precision> precision) {

    /** Checks that the settings are consistent. */
    public LoraMerge {
        loras = List.copyOf(loras);
        Check.given("output", output);
        if (loras.isEmpty()) {
            throw new InvalidSettingException("loras is empty; expected one or more LoRA files to merge");
        }
        if (resize.isPresent() && resize.get().precision().isPresent() && precision.isPresent()) {
            throw new InvalidSettingException("precision is given for the merge (" + precision.get()
                    + ") and for its resize (" + resize.get().precision().get() + "); give one of them");
        }
    }

    /** An exact merge, in the precision of the inputs. */
    public static LoraMerge of(List<LoraWeight> loras, Path output) {
        return new LoraMerge(loras, output, Optional.empty(), Optional.empty());
    }

    /** A copy that is then resized. */
    public LoraMerge withResize(ResizeSpec spec) {
        return new LoraMerge(loras, output, Optional.of(spec), precision);
    }

    /** A copy with a number format for the file. */
    public LoraMerge withPrecision(Precision format) {
        return new LoraMerge(loras, output, resize, Optional.of(format));
    }
}
