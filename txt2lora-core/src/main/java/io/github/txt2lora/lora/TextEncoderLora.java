package io.github.txt2lora.lora;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Adds the text encoder modules of LoRA files to a text encoder's weights, before they are loaded. */
public final class TextEncoderLora {

    private TextEncoderLora() {}

    /**
     * Checks that no LoRA has modules for a text encoder that the model lacks, which would have no effect.
     *
     * @param warnings is told what else in a file has no effect
     * @throws CheckpointException if one has, or is damaged
     */
    public static void requireEncoders(ModelFamily family, List<LoraWeight> loras, Consumer<String> warnings) {
        for (LoraWeight lora : loras) {
            try (LoraSource source = LoraSource.open(lora.file())) {
                source.warning().ifPresent(warnings);
                source.pairs().stream()
                        .filter(pair -> pair.name().network().isTextEncoder()
                                && !family.has(pair.name().network()))
                        .findFirst()
                        .ifPresent(pair -> {
                            throw new CheckpointException(source.path() + ": module " + Excerpt.quoted(pair.module())
                                    + " is for the " + pair.name().network().folderName() + ", which "
                                    + family.displayName() + " lacks; expected a LoRA of the same model family");
                        });
            }
        }
    }

    /**
     * The weights with the LoRAs added; a tensor to which nothing is added stays the same view.
     *
     * @param encoder the text encoder
     * @param weights its tensors by their diffusers names
     * @param loras any number of files, each with its weight for text encoders; modules for other networks are not
     *     looked at
     * @throws CheckpointException if a file is damaged, has modules that the encoder lacks, or does not fit its shapes
     */
    public static Map<String, TensorView> addTo(
            Component encoder, Map<String, TensorView> weights, List<LoraWeight> loras) {
        Map<String, List<LoraAddition>> additions = new LinkedHashMap<>();
        List<WeightedLora> open = WeightedLora.openAll(loras);
        try {
            for (WeightedLora lora : open) {
                for (LoraPair pair : lora.source().pairs()) {
                    if (pair.name().network() == encoder && lora.weightOf(pair) != 0) {
                        String tensor = pair.name().path() + ".weight";
                        requireFits(lora.source(), pair, weights.get(tensor));
                        additions
                                .computeIfAbsent(tensor, name -> new ArrayList<>())
                                .add(new LoraAddition(pair, lora.weightOf(pair), 0, false));
                    }
                }
            }
            return additions.isEmpty() ? weights : added(weights, additions);
        } finally {
            open.forEach(WeightedLora::close);
        }
    }

    private static void requireFits(LoraSource source, LoraPair pair, @Nullable TensorView tensor) {
        if (tensor == null || !pair.layer().fits(tensor.shape())) {
            throw new CheckpointException(source.path() + ": module " + Excerpt.quoted(pair.module()) + " has "
                    + Count.of(pair.layer().fanIn(), "input") + " and "
                    + Count.of(pair.layer().outputs(), "output") + ", but the "
                    + pair.name().network().folderName() + " of this model "
                    + (tensor == null ? "lacks that layer" : "has the shape " + tensor.shape() + " there")
                    + "; expected a LoRA of the same model family");
        }
    }

    private static Map<String, TensorView> added(
            Map<String, TensorView> weights, Map<String, List<LoraAddition>> additions) {
        Map<String, TensorView> sums = new LinkedHashMap<>(weights);
        try (LowRankAlgebra algebra = new LowRankAlgebra()) {
            additions.forEach((name, list) -> sums.computeIfPresent(name, (key, tensor) -> sum(tensor, list, algebra)));
        }
        return sums;
    }

    /** In FP32, so that a sum is rounded only once, to the precision in which the encoder computes. */
    private static TensorView sum(TensorView tensor, List<LoraAddition> additions, LowRankAlgebra algebra) {
        float[] values = tensor.toFloats();
        additions.forEach(addition -> addition.addTo(values, algebra));
        ByteBuffer bytes = FloatEncoding.encode(ElementType.F32, values, 0, values.length);
        return new TensorView(tensor.name(), ElementType.F32, tensor.shape(), bytes::duplicate);
    }
}
