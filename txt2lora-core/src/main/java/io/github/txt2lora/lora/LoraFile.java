package io.github.txt2lora.lora;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsHashes;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.ops.LoraNaming;
import io.github.txt2lora.torch.HostNumbers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Writes LoRAs in the naming of kohya's trainers, {@code NAME.alpha}, {@code NAME.lora_down.weight} and
 * {@code NAME.lora_up.weight} for each module, or in that of PEFT, {@code NAME.lora_A.weight} and
 * {@code NAME.lora_B.weight}, with the hashes of the content in the metadata.
 */
public final class LoraFile {

    private static final int NAMES_IN_WARNING = 3;

    /** The width of SDXL's text embeddings, which tells its LoRAs from those of models with one text encoder. */
    private static final int SDXL_CONTEXT_WIDTH = 2048;

    private final List<SafetensorsEntry> entries = new ArrayList<>();

    private LoraFile() {}

    /**
     * Writes the trained LoRA; the file appears under its name only when it is whole.
     *
     * @param target the file, whose folder exists
     * @param parameters parameters to save
     * @param naming of the file
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
            LoraFileNaming naming,
            Precision precision,
            Map<String, String> metadata,
            Consumer<String> warnings) {
        float[] values = HostNumbers.floats(parameters.vector());
        var file = new LoraFile();
        for (LoraParameters.Slot slot : parameters.slots()) {
            LayerShape layer = slot.module().shape();
            String name = naming.nameOf(slot.module());
            Encoder down = (key, shape) -> trained(key, shape, precision, values, slot.downOffset(), slot.downSize());
            if (naming instanceof LoraFileNaming.Peft) {
                file.addDiffusers(
                        name,
                        layer,
                        slot.rank(),
                        down,
                        (key, shape) -> trained(key, shape, precision, scaledUp(values, slot), 0, slot.upSize()));
            } else {
                float[] alpha = {(float) (slot.scale() * slot.rank())};
                file.addKohya(
                        name,
                        layer,
                        slot.rank(),
                        (key, shape) -> trained(key, shape, precision, alpha, 0, 1),
                        down,
                        (key, shape) -> trained(key, shape, precision, values, slot.upOffset(), slot.upSize()));
            }
        }
        warnOfVanishingModules(parameters, values, naming, precision, warnings);
        return file.write(target, metadata);
    }

    /**
     * Writes modules of other files, encoding them one by one; only the encoded ones are held in memory.
     *
     * @param naming of the file; modules that have a name in it already keep it
     * @param precision of the file; that of each module if empty
     * @return the metadata as written: those given, and the hashes
     * @throws CheckpointException if a number is too large for the precision
     */
    static Map<String, String> write(
            Path target,
            LoraNaming naming,
            Optional<Precision> precision,
            List<LoraPair> pairs,
            Map<String, String> metadata,
            Progress progress) {
        boolean twoEncoders = hasTwoEncoders(pairs) || isOfSdxl(metadata);
        var file = new LoraFile();
        for (LoraPair pair : pairs) {
            ElementType type = precision.map(FloatEncoding::type).orElse(pair.type());
            switch (naming) {
                case KOHYA ->
                    file.addKohya(
                            LayerName.isKohya(pair.module())
                                    ? pair.module()
                                    : known(pair).kohya(twoEncoders),
                            pair.layer(),
                            pair.rank(),
                            (name, shape) -> given(name, shape, type, new float[] {(float) pair.alpha()}),
                            (name, shape) ->
                                    given(name, shape, type, pair.down().get()),
                            (name, shape) -> given(name, shape, type, pair.up().get()));
                case DIFFUSERS ->
                    file.addDiffusers(
                            LayerName.isKohya(pair.module()) ? known(pair).diffusers() : dotted(pair),
                            pair.layer(),
                            pair.rank(),
                            (name, shape) ->
                                    given(name, shape, type, pair.down().get()),
                            (name, shape) -> given(name, shape, type, pair.scaledUp(pair.scale())));
            }
            progress.finished(pair.module());
        }
        return file.write(target, metadata);
    }

    private static float[] scaledUp(float[] values, LoraParameters.Slot slot) {
        float[] up = Arrays.copyOfRange(values, slot.upOffset(), slot.upOffset() + slot.upSize());
        for (int i = 0; i < up.length; i++) {
            up[i] = (float) (up[i] * slot.scale());
        }
        return up;
    }

    /** Encodes a tensor. */
    @FunctionalInterface
    private interface Encoder {
        SafetensorsEntry entry(String name, List<Long> shape);
    }

    private void addKohya(String module, LayerShape layer, int rank, Encoder alpha, Encoder down, Encoder up) {
        entries.add(alpha.entry(module + ".alpha", List.of()));
        entries.add(down.entry(module + ".lora_down.weight", layer.downShape(rank)));
        entries.add(up.entry(module + ".lora_up.weight", layer.upShape(rank)));
    }

    private void addDiffusers(String module, LayerShape layer, int rank, Encoder down, Encoder scaledUp) {
        entries.add(down.entry(module + ".lora_A.weight", layer.downShape(rank)));
        entries.add(scaledUp.entry(module + ".lora_B.weight", layer.upShape(rank)));
    }

    private Map<String, String> write(Path target, Map<String, String> metadata) {
        entries.sort(Comparator.comparing(SafetensorsEntry::name));
        SafetensorsHashes hashes = SafetensorsHashes.of(metadata, entries);
        Map<String, String> complete = new TreeMap<>(metadata);
        complete.put("sshs_model_hash", hashes.model());
        complete.put("sshs_legacy_hash", hashes.legacy());
        SafetensorsWriter.write(target, complete, entries);
        return complete;
    }

    private static SafetensorsEntry trained(
            String name, List<Long> shape, Precision precision, float[] values, int offset, int count) {
        ElementType type = FloatEncoding.type(precision);
        FloatEncoding.requireStorable(
                type,
                values,
                offset,
                count,
                value -> new TrainingFailedException("the LoRA's " + name + " became " + value
                        + ", which a file in " + precision
                        + " cannot hold; expected finite numbers. Lower the learning rate"
                        + (precision == Precision.FP16 ? " or save in BF16 or FP32" : "")));
        return new SafetensorsEntry(name, type, shape, () -> FloatEncoding.encode(type, values, offset, count));
    }

    private static SafetensorsEntry given(String name, List<Long> shape, ElementType type, float[] values) {
        FloatEncoding.requireStorable(
                type,
                values,
                0,
                values.length,
                value -> new CheckpointException(Excerpt.quoted(name) + " has the value " + value + ", which " + type
                        + " cannot hold; save with precision FP32 or BF16"));
        ByteBuffer bytes = FloatEncoding.encode(type, values, 0, values.length);
        return new SafetensorsEntry(name, type, shape, bytes::duplicate);
    }

    private static boolean hasTwoEncoders(List<LoraPair> pairs) {
        return pairs.stream()
                .anyMatch(pair -> pair.name().network() == Component.TEXT_ENCODER_2
                        || pair.name().path().startsWith("add_embedding.")
                        || readsTwoEncoders(pair));
    }

    private static boolean isOfSdxl(Map<String, String> metadata) {
        return metadata.getOrDefault("ss_base_model_version", "").startsWith("sdxl")
                || metadata.getOrDefault("modelspec.architecture", "").startsWith("stable-diffusion-xl");
    }

    private static boolean readsTwoEncoders(LoraPair pair) {
        return pair.name().path().endsWith(".attn2.to_k") && pair.layer().fanIn() == SDXL_CONTEXT_WIDTH;
    }

    /** Layers of other families keep their names, which only these families know. */
    private static String dotted(LoraPair pair) {
        return pair.name().isKnown() ? pair.name().diffusers() : pair.module();
    }

    private static LayerName known(LoraPair pair) {
        if (!pair.name().isKnown()) {
            throw new CheckpointException("module " + Excerpt.quoted(pair.module())
                    + " is the name of no layer and cannot be written in another naming; expected LoRAs for Stable"
                    + " Diffusion, or of one naming");
        }
        return pair.name();
    }

    /** Numbers below half of the smallest of a format become zero in it. */
    private static void warnOfVanishingModules(
            LoraParameters parameters,
            float[] values,
            LoraFileNaming naming,
            Precision precision,
            Consumer<String> warnings) {
        if (precision == Precision.FP32) {
            return;
        }
        float vanishing = FloatEncoding.smallest(FloatEncoding.type(precision)) / 2;
        List<String> modules = parameters.slots().stream()
                .filter(slot -> vanishes(values, slot.downOffset(), slot.downSize(), vanishing)
                        || vanishes(values, slot.upOffset(), slot.upSize(), vanishing))
                .map(slot -> naming.nameOf(slot.module()))
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
