package io.github.txt2lora.lora;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads LoRA files for use by a denoiser: several become one, exactly, by stacking their ranks, with each one's weight
 * and alpha / rank multiplied into its up matrix. {@link TextEncoderLora} takes the modules of text encoders.
 */
public final class LoraAdapter {

    private static final int NAMES_IN_MESSAGE = 3;

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
        var layers = Layers.of(rules, weightShapes);
        List<WeightedLora> open = WeightedLora.openAll(loras);
        try {
            open.forEach(lora -> requireFits(lora.source(), layers));
            Map<String, LoraPair> pairs = new LinkedHashMap<>();
            List<WeightedLora> used =
                    open.stream().filter(lora -> lora.weight().weight() != 0).toList();
            new LoraMerger(used)
                    .pairs().stream().filter(LoraAdapter::isOfDenoiser).forEach(pair -> put(pairs, layers, pair));
            return pairs.isEmpty() ? Optional.empty() : Optional.of(parameters(owner, layers, pairs));
        } finally {
            open.forEach(WeightedLora::close);
        }
    }

    /**
     * The layers that LoRAs may have.
     *
     * @param byUnderscores the same by their names with underscores for dots
     */
    private record Layers(
            LoraFileNaming naming, Map<String, LoraModule> byName, Map<String, LoraModule> byUnderscores) {

        static Layers of(LoraRules rules, Map<String, List<Long>> weightShapes) {
            Map<String, LoraModule> byName = new LinkedHashMap<>();
            Map<String, LoraModule> byUnderscores = new HashMap<>();
            for (LoraModule layer : rules.all(weightShapes)) {
                byName.put(layer.name(), layer);
                byUnderscores.put(layer.name().replace('.', '_'), layer);
            }
            return new Layers(rules.naming(), byName, byUnderscores);
        }

        @Nullable
        LoraModule find(LoraPair pair) {
            String layer = naming.layerOf(pair);
            LoraModule found = byName.get(layer);
            return found == null ? byUnderscores.get(layer) : found;
        }
    }

    private static void put(Map<String, LoraPair> pairs, Layers layers, LoraPair pair) {
        LoraModule layer = Objects.requireNonNull(layers.find(pair));
        LoraPair other = pairs.put(layer.name(), pair);
        if (other != null) {
            throw new CheckpointException("LoRAs name one layer " + Excerpt.quoted(other.module()) + " and "
                    + Excerpt.quoted(pair.module()) + "; expected LoRAs of one naming");
        }
    }

    private static boolean isOfDenoiser(LoraPair pair) {
        return pair.name().network().isDenoiser();
    }

    private static void requireFits(LoraSource lora, Layers layers) {
        List<String> unknown = new ArrayList<>();
        for (LoraPair pair : lora.pairs()) {
            if (isOfDenoiser(pair)) {
                LoraModule module = layers.find(pair);
                if (module == null) {
                    unknown.add(pair.module());
                } else {
                    requireShape(lora, pair, module);
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw new CheckpointException(lora.path() + " has " + Count.of(unknown.size(), "module")
                    + " that this model lacks, for example "
                    + unknown.stream().limit(NAMES_IN_MESSAGE).map(Excerpt::of).collect(Collectors.joining(", "))
                    + "; expected a LoRA of the same model family");
        }
    }

    private static void requireShape(LoraSource lora, LoraPair pair, LoraModule module) {
        if (!pair.layer().fits(module.shape())) {
            throw new CheckpointException(lora.path() + ": module " + Excerpt.quoted(pair.module()) + " has "
                    + Count.of(pair.layer().fanIn(), "input") + " and "
                    + Count.of(pair.layer().outputs(), "output") + ", but the layer " + module.name() + " has "
                    + module.shape().fanIn() + " and "
                    + module.shape().outputs() + "; expected a LoRA of the same model family");
        }
    }

    private static LoraParameters parameters(NDManager owner, Layers layers, Map<String, LoraPair> pairs) {
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
