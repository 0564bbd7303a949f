package io.github.txt2lora.lora;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsHashes;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.ops.LoraNaming;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes modules to a LoRA file, encoding them one by one; only the encoded ones are held in memory. */
final class LoraPairWriter {

    /** The width of SDXL's text embeddings, which tells its LoRAs from those of models with one text encoder. */
    private static final int SDXL_CONTEXT_WIDTH = 2048;

    private final LoraNaming naming;
    private final Optional<Precision> precision;

    /**
     * @param naming of the file; modules that have a name in it already keep it
     * @param precision of the file; that of each module if empty
     */
    LoraPairWriter(LoraNaming naming, Optional<Precision> precision) {
        this.naming = naming;
        this.precision = precision;
    }

    /**
     * Writes the file; it appears under its name only when it is whole.
     *
     * @return the metadata as written: those given, and the hashes
     * @throws CheckpointException if a number is too large for the precision
     */
    Map<String, String> write(Path target, List<LoraPair> pairs, Map<String, String> metadata, Progress progress) {
        boolean twoEncoders = hasTwoEncoders(pairs) || isOfSdxl(metadata);
        List<SafetensorsEntry> entries = new ArrayList<>();
        for (LoraPair pair : pairs) {
            switch (naming) {
                case KOHYA -> addKohya(entries, pair, twoEncoders);
                case DIFFUSERS -> addDiffusers(entries, pair);
            }
            progress.finished(pair.module());
        }
        entries.sort(Comparator.comparing(SafetensorsEntry::name));
        SafetensorsHashes hashes = SafetensorsHashes.of(metadata, entries);
        Map<String, String> complete = new TreeMap<>(metadata);
        complete.put("sshs_model_hash", hashes.model());
        complete.put("sshs_legacy_hash", hashes.legacy());
        SafetensorsWriter.write(target, complete, entries);
        return complete;
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

    private void addKohya(List<SafetensorsEntry> entries, LoraPair pair, boolean twoEncoders) {
        String module =
                LayerName.isKohya(pair.module()) ? pair.module() : known(pair).kohya(twoEncoders);
        entries.add(entry(pair, module + ".alpha", List.of(), new float[] {(float) pair.alpha()}));
        entries.add(entry(
                pair,
                module + ".lora_down.weight",
                pair.layer().downShape(pair.rank()),
                pair.down().get()));
        entries.add(entry(
                pair,
                module + ".lora_up.weight",
                pair.layer().upShape(pair.rank()),
                pair.up().get()));
    }

    private void addDiffusers(List<SafetensorsEntry> entries, LoraPair pair) {
        String module = LayerName.isKohya(pair.module())
                ? known(pair).diffusers()
                : pair.name().diffusers();
        entries.add(entry(
                pair,
                module + ".lora_A.weight",
                pair.layer().downShape(pair.rank()),
                pair.down().get()));
        entries.add(
                entry(pair, module + ".lora_B.weight", pair.layer().upShape(pair.rank()), pair.scaledUp(pair.scale())));
    }

    private static LayerName known(LoraPair pair) {
        if (!pair.name().isKnown()) {
            throw new CheckpointException("module " + Excerpt.quoted(pair.module())
                    + " is the name of no layer and cannot be written in another naming; expected LoRAs for Stable"
                    + " Diffusion, or of one naming");
        }
        return pair.name();
    }

    private SafetensorsEntry entry(LoraPair pair, String name, List<Long> shape, float[] values) {
        ElementType type = precision.map(FloatEncoding::type).orElse(pair.type());
        float limit = FloatEncoding.largest(type);
        for (float value : values) {
            if (!(Math.abs(value) <= limit)) {
                throw new CheckpointException(Excerpt.quoted(name) + " has the value " + value + ", which " + type
                        + " cannot hold; save with precision FP32 or BF16");
            }
        }
        ByteBuffer bytes = FloatEncoding.encode(type, values, 0, values.length);
        return new SafetensorsEntry(name, type, shape, bytes::duplicate);
    }
}
