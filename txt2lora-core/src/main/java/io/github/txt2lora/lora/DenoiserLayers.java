package io.github.txt2lora.lora;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FirstFew;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a denoiser that LoRAs may have.
 *
 * @param naming of its LoRA files
 * @param byName the layers by their names
 * @param byUnderscores the same by their names with underscores for dots
 */
record DenoiserLayers(LoraFileNaming naming, Map<String, LoraModule> byName, Map<String, LoraModule> byUnderscores) {

    private static final int NAMES_IN_MESSAGE = 3;

    static DenoiserLayers of(LoraRules rules, Map<String, List<Long>> weightShapes) {
        Map<String, LoraModule> byName = new LinkedHashMap<>();
        Map<String, LoraModule> byUnderscores = new HashMap<>();
        for (LoraModule layer : rules.all(weightShapes)) {
            byName.put(layer.name(), layer);
            byUnderscores.put(layer.name().replace('.', '_'), layer);
        }
        return new DenoiserLayers(rules.naming(), byName, byUnderscores);
    }

    /** The layer of a module of a file; null if there is none. */
    @Nullable
    LoraModule find(LoraPair pair) {
        String layer = naming.layerOf(pair);
        LoraModule found = byName.get(layer);
        return found == null ? byUnderscores.get(layer) : found;
    }

    static boolean isOfDenoiser(LoraPair pair) {
        return pair.name().network().isDenoiser();
    }

    /**
     * Checks that a LoRA is for this denoiser.
     *
     * @throws CheckpointException if it has modules that the denoiser lacks, or that do not fit its shapes
     */
    void requireFits(LoraSource lora) {
        List<String> unknown = new ArrayList<>();
        for (LoraPair pair : lora.pairs()) {
            if (isOfDenoiser(pair)) {
                LoraModule module = find(pair);
                if (module == null) {
                    unknown.add(Excerpt.of(pair.module()));
                } else {
                    requireShape(lora, pair, module);
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw new CheckpointException(lora.path() + " has " + Count.of(unknown.size(), "module")
                    + " that this model lacks, for example "
                    + FirstFew.of(unknown.subList(0, Math.min(NAMES_IN_MESSAGE, unknown.size())))
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
}
