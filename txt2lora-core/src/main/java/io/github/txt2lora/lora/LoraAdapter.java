package io.github.txt2lora.lora;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.Excerpt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads LoRA files for use by a denoiser: several become one, exactly, by stacking their ranks, with each one's weight
 * and alpha / rank multiplied into its up matrix. {@link TextEncoderLora} takes the modules of text encoders.
 */
public final class LoraAdapter {

    private LoraAdapter() {}

    /**
     * Loads LoRAs in the naming of kohya, LECO, diffusers or PEFT.
     *
     * @param owner the scope that will own the parameters
     * @param loras any number of files, each with its weight for the denoiser
     * @param rules rules for the layers that a LoRA may have
     * @param weightShapes shapes of the denoiser's weights by their names
     * @return empty if nothing is for the denoiser, as in a LoRA of text encoders alone
     * @throws CheckpointException if a file is damaged, has modules that the denoiser lacks, or does not fit its shapes
     */
    public static Optional<LoraParameters> load(
            NDManager owner, List<LoraWeight> loras, LoraRules rules, Map<String, List<Long>> weightShapes) {
        var layers = DenoiserLayers.of(rules, weightShapes);
        List<WeightedLora> open = WeightedLora.openAll(loras);
        try {
            open.forEach(lora -> layers.requireFits(lora.source()));
            Map<String, LoraPair> pairs = new LinkedHashMap<>();
            List<WeightedLora> used =
                    open.stream().filter(lora -> lora.weight().weight() != 0).toList();
            new LoraMerger(used)
                    .pairs().stream().filter(DenoiserLayers::isOfDenoiser).forEach(pair -> put(pairs, layers, pair));
            return pairs.isEmpty() ? Optional.empty() : Optional.of(parameters(owner, layers, pairs));
        } finally {
            open.forEach(WeightedLora::close);
        }
    }

    private static void put(Map<String, LoraPair> pairs, DenoiserLayers layers, LoraPair pair) {
        LoraModule layer = Objects.requireNonNull(layers.find(pair));
        LoraPair other = pairs.put(layer.name(), pair);
        if (other != null) {
            throw new CheckpointException("LoRAs name one layer " + Excerpt.quoted(other.module()) + " and "
                    + Excerpt.quoted(pair.module()) + "; expected LoRAs of one naming");
        }
    }

    private static LoraParameters parameters(NDManager owner, DenoiserLayers layers, Map<String, LoraPair> pairs) {
        List<LoraParameters.Slot> slots = new ArrayList<>();
        List<float[]> parts = new ArrayList<>();
        int offset = 0;
        for (LoraModule module : layers.byName().values()) {
            LoraPair pair = pairs.get(module.name());
            if (pair != null) {
                var slot = new LoraParameters.Slot(
                        module,
                        pair.rank(),
                        pair.scale(),
                        offset,
                        offset + pair.rank() * module.shape().fanIn());
                slots.add(slot);
                parts.add(pair.down().get());
                parts.add(pair.up().get());
                offset = slot.upOffset() + slot.upSize();
            }
        }
        float[] values = new float[offset];
        int position = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, values, position, part.length);
            position += part.length;
        }
        return LoraParameters.of(owner, slots, values);
    }
}
