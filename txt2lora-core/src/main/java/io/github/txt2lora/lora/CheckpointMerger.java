package io.github.txt2lora.lora;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.lora.CheckpointLayers.Place;
import io.github.txt2lora.ops.MergedCheckpoint;
import io.github.txt2lora.ops.OperationListener;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Adds LoRAs to the weights of a checkpoint while it is copied; only one tensor at a time is in memory. */
final class CheckpointMerger {

    private static final int NAMES_IN_MESSAGE = 3;

    /** Hashes of the content, which changes. */
    private static final List<String> HASHES = List.of("sshs_model_hash", "sshs_legacy_hash", "modelspec.hash_sha256");

    private final LowRankAlgebra algebra;
    private final List<WeightedLora> loras;

    CheckpointMerger(LowRankAlgebra algebra, List<WeightedLora> loras) {
        this.algebra = algebra;
        this.loras = loras;
    }

    /**
     * Writes the merged checkpoint.
     *
     * @throws CheckpointException if the checkpoint lacks a layer of a LoRA, or has it in another shape
     */
    MergedCheckpoint merge(Path checkpoint, Path output, List<OperationListener> listeners, OperationTurn turn) {
        try (SafetensorsFile file = SafetensorsFile.open(checkpoint)) {
            Map<String, List<LoraAddition>> additions = additions(checkpoint, CheckpointLayers.of(checkpoint, file));
            var progress = new Progress(output, additions.size(), listeners, turn);
            loras.forEach(lora -> lora.source().warning().ifPresent(progress::warn));
            List<SafetensorsEntry> entries = new ArrayList<>();
            for (TensorView tensor : file.tensors()) {
                List<LoraAddition> added = additions.getOrDefault(tensor.name(), List.of());
                entries.add(
                        added.isEmpty()
                                ? copy(tensor, progress)
                                : new SafetensorsEntry(tensor.name(), tensor.type(), tensor.shape(), () -> {
                                    ByteBuffer bytes = merged(tensor, added);
                                    progress.finished(tensor.name());
                                    return bytes;
                                }));
            }
            Map<String, String> metadata = new TreeMap<>(file.metadata());
            HASHES.forEach(metadata::remove);
            SafetensorsWriter.write(output, metadata, entries);
            return new MergedCheckpoint(output, additions.size(), entries.size() - additions.size());
        }
    }

    private static SafetensorsEntry copy(TensorView tensor, Progress progress) {
        return new SafetensorsEntry(tensor.name(), tensor.type(), tensor.shape(), () -> {
            progress.checkpoint();
            return tensor.bytes();
        });
    }

    private Map<String, List<LoraAddition>> additions(Path checkpoint, CheckpointLayers layers) {
        Map<String, List<LoraAddition>> additions = new HashMap<>();
        for (WeightedLora lora : loras) {
            List<String> missing = new ArrayList<>();
            for (LoraPair pair : lora.source().pairs()) {
                layers.find(pair.name())
                        .ifPresentOrElse(
                                place -> {
                                    requireFits(lora, pair, place);
                                    additions
                                            .computeIfAbsent(place.key(), key -> new ArrayList<>())
                                            .add(new LoraAddition(
                                                    pair, lora.weightOf(pair), place.firstRow(), place.transposed()));
                                },
                                () -> missing.add(pair.module()));
            }
            if (!missing.isEmpty()) {
                throw new CheckpointException(
                        lora.source().path() + " has " + Count.of(missing.size(), "module") + " that "
                                + checkpoint + " lacks, for example "
                                + missing.stream()
                                        .limit(NAMES_IN_MESSAGE)
                                        .map(Excerpt::of)
                                        .collect(Collectors.joining(", "))
                                + "; expected a LoRA for " + layers.family().displayName());
            }
        }
        return additions;
    }

    private static void requireFits(WeightedLora lora, LoraPair pair, Place place) {
        if (!pair.layer().fits(place.shape())) {
            throw new CheckpointException(lora.source().path() + ": module " + Excerpt.quoted(pair.module()) + " has "
                    + Count.of(pair.layer().fanIn(), "input") + " and "
                    + Count.of(pair.layer().outputs(), "output") + ", but the layer "
                    + Excerpt.quoted(place.key()) + " has the shape " + place.shape()
                    + "; expected a LoRA for the checkpoint's model family");
        }
    }

    /** The tensor with the additions to it, in the tensor's format. */
    ByteBuffer merged(TensorView tensor, List<LoraAddition> additions) {
        float[] values = tensor.toFloats();
        additions.forEach(addition -> addition.addTo(values, algebra));
        FloatEncoding.requireStorable(
                tensor.type(),
                values,
                0,
                values.length,
                value -> new CheckpointException(Excerpt.quoted(tensor.name()) + " becomes " + value
                        + " in the merge, which " + tensor.type()
                        + " cannot hold; expected finite weights: use smaller weights for the LoRAs"));
        return FloatEncoding.encode(tensor.type(), values, 0, values.length);
    }
}
