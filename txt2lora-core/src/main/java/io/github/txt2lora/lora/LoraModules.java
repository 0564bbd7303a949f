package io.github.txt2lora.lora;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import java.util.List;
import java.util.Map;

/** Chooses the layers that get a LoRA. */
public final class LoraModules {

    private LoraModules() {}

    /**
     * The layers that a type and a target mean, in the order in which they are initialised.
     *
     * @param weightShapes shapes of the UNet's weights by their diffusers names
     * @throws InvalidSettingException if there is none
     */
    public static List<LoraModule> select(Map<String, List<Long>> weightShapes, LoraSpec spec) {
        List<LoraModule> selected = UNetLayers.list(weightShapes).stream()
                .filter(layer -> isOfType(layer, spec.type()) && isTarget(layer, spec.target()))
                .toList();
        if (selected.isEmpty()) {
            throw new InvalidSettingException("type " + spec.type() + " with target " + spec.target()
                    + " matches no layer of this UNet; choose target FULL");
        }
        return selected;
    }

    /** All layers that a LoRA of whatever trainer could have, also outside of the blocks. */
    public static List<LoraModule> all(Map<String, List<Long>> weightShapes) {
        return UNetLayers.listAll(weightShapes);
    }

    private static boolean isOfType(LoraModule layer, LoraType type) {
        return switch (type) {
            case LIERLA -> layer.name().contains(".attentions.");
            case C3LIER -> true;
        };
    }

    private static boolean isTarget(LoraModule layer, LoraTarget target) {
        boolean cross = layer.name().contains(".attn2.");
        return switch (target) {
            case FULL -> true;
            case XATTN -> cross;
            case SELFATTN -> layer.name().contains(".attn1.");
            case NOXATTN -> !cross && !layer.name().endsWith(".time_emb_proj");
            case INNOXATTN -> !cross;
        };
    }
}
