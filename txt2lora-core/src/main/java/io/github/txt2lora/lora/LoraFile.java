package io.github.txt2lora.lora;

import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsHashes;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.torch.HostNumbers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Writes a LoRA as kohya's trainers do: for each module {@code NAME.alpha}, {@code NAME.lora_down.weight} and
 * {@code NAME.lora_up.weight}, with the hashes of the content in the metadata.
 */
public final class LoraFile {

    private static final int NAMES_IN_WARNING = 3;

    private LoraFile() {}

    /**
     * Writes the file; it appears under its name only when it is whole.
     *
     * @param target the file, whose folder exists
     * @param parameters what to save
     * @param precision of the numbers in the file
     * @param metadata goes into the header; {@code sshs_model_hash} and {@code sshs_legacy_hash} are added
     * @param warnings is told of modules whose numbers are too small for the precision
     * @return the metadata as written
     * @throws TrainingFailedException if a number is not finite or too large for the precision; nothing is written
     * @throws io.github.txt2lora.StorageException if it cannot be written
     */
    public static Map<String, String> write(
            Path target,
            LoraParameters parameters,
            Precision precision,
            Map<String, String> metadata,
            Consumer<String> warnings) {
        float[] values = HostNumbers.floats(parameters.vector());
        List<SafetensorsEntry> entries = new ArrayList<>();
        for (LoraParameters.Slot slot : parameters.slots()) {
            LoraModule module = slot.module();
            String name = module.loraName();
            float alpha = (float) (slot.scale() * slot.rank());
            entries.add(entry(name + ".alpha", precision, new long[0], new float[] {alpha}, 0, 1));
            entries.add(entry(
                    name + ".lora_down.weight",
                    precision,
                    module.downShape(slot.rank()),
                    values,
                    slot.downOffset(),
                    slot.downSize()));
            entries.add(entry(
                    name + ".lora_up.weight",
                    precision,
                    module.upShape(slot.rank()),
                    values,
                    slot.upOffset(),
                    slot.upSize()));
        }
        warnOfVanishingModules(parameters, values, precision, warnings);
        entries.sort(Comparator.comparing(SafetensorsEntry::name));
        Map<String, String> complete = new TreeMap<>(metadata);
        SafetensorsHashes hashes = SafetensorsHashes.of(metadata, entries);
        complete.put("sshs_model_hash", hashes.model());
        complete.put("sshs_legacy_hash", hashes.legacy());
        SafetensorsWriter.write(target, complete, entries);
        return complete;
    }

    private static SafetensorsEntry entry(
            String name, Precision precision, long[] shape, float[] values, int offset, int count) {
        List<Long> sizes = Arrays.stream(shape).boxed().toList();
        ElementType type = FloatEncoding.type(precision);
        requireStorable(name, precision, values, offset, count);
        return new SafetensorsEntry(name, type, sizes, () -> FloatEncoding.encode(type, values, offset, count));
    }

    private static void requireStorable(String name, Precision precision, float[] values, int offset, int count) {
        float largest = FloatEncoding.largest(FloatEncoding.type(precision));
        for (int i = offset; i < offset + count; i++) {
            if (!(Math.abs(values[i]) <= largest)) {
                throw new TrainingFailedException("the LoRA's " + name + " became " + values[i] + ", which a file in "
                        + precision + " cannot hold; expected finite numbers. Lower the learning rate"
                        + (precision == Precision.FP16 ? " or save in BF16 or FP32" : ""));
            }
        }
    }

    /** Numbers below half of the smallest of a format become zero in it. */
    private static void warnOfVanishingModules(
            LoraParameters parameters, float[] values, Precision precision, Consumer<String> warnings) {
        if (precision == Precision.FP32) {
            return;
        }
        float vanishing = FloatEncoding.smallest(FloatEncoding.type(precision)) / 2;
        List<String> modules = parameters.slots().stream()
                .filter(slot -> vanishes(values, slot.downOffset(), slot.downSize(), vanishing)
                        || vanishes(values, slot.upOffset(), slot.upSize(), vanishing))
                .map(slot -> slot.module().loraName())
                .toList();
        if (!modules.isEmpty()) {
            warnings.accept("all numbers in the matrices of " + Count.of(modules.size(), "module")
                    + " are too small for " + precision
                    + ", where they become zero; save in BF16 or FP32 to keep them: "
                    + String.join(", ", modules.subList(0, Math.min(NAMES_IN_WARNING, modules.size()))));
        }
    }

    /** Whether a matrix that is not zero becomes zero. */
    private static boolean vanishes(float[] values, int offset, int count, float vanishing) {
        boolean isZero = true;
        for (int i = offset; i < offset + count; i++) {
            if (Math.abs(values[i]) > vanishing) {
                return false;
            }
            isZero &= values[i] == 0;
        }
        return !isZero;
    }
}
