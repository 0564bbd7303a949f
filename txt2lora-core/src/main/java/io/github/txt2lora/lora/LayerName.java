package io.github.txt2lora.lora;

import io.github.txt2lora.checkpoint.Component;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A layer of a checkpoint, whatever a LoRA file calls it.
 *
 * @param network the network it belongs to
 * @param path its diffusers path in that network, for example {@code mid_block.attentions.0.proj_in}
 */
record LayerName(Component network, String path) {

    private static final String KOHYA_UNET = "lora_unet_";
    private static final String KOHYA_ONLY_ENCODER = "lora_te_";
    private static final String KOHYA_FIRST_ENCODER = "lora_te1_";
    private static final String KOHYA_SECOND_ENCODER = "lora_te2_";

    private static final Map<String, Component> KOHYA_PREFIXES = Map.of(
            KOHYA_UNET, Component.UNET,
            KOHYA_ONLY_ENCODER, Component.TEXT_ENCODER,
            KOHYA_FIRST_ENCODER, Component.TEXT_ENCODER,
            KOHYA_SECOND_ENCODER, Component.TEXT_ENCODER_2);

    private static final String PEFT_WRAPPER = "base_model.model.";

    private static final Map<String, Component> DIFFUSERS_PREFIXES = diffusersPrefixes();

    /** How paths begin in files that hold a single network and do not name it. */
    private static final List<String> UNET_BLOCKS = List.of("down_blocks.", "up_blocks.", "mid_block.");

    private static final String TEXT_MODEL = "text_model.";

    /** LoRA layers of early diffusers versions belonged to an attention processor. */
    private static final String PROCESSOR = ".processor.";

    private static Map<String, Component> diffusersPrefixes() {
        Map<String, Component> prefixes = new LinkedHashMap<>();
        for (Component component : List.of(Component.UNET, Component.TEXT_ENCODER, Component.TEXT_ENCODER_2)) {
            prefixes.put(component.folderName() + ".", component);
        }
        return prefixes;
    }

    /** Whether a module's name is one of kohya's. */
    static boolean isKohya(String module) {
        return KOHYA_PREFIXES.keySet().stream().anyMatch(module::startsWith);
    }

    /** The layer that a module of a LoRA file is for; empty if the name follows no known rule. */
    static Optional<LayerName> ofModule(String module) {
        for (Map.Entry<String, Component> prefix : KOHYA_PREFIXES.entrySet()) {
            if (module.startsWith(prefix.getKey())) {
                String path = module.substring(prefix.getKey().length());
                return Optional.of(
                        new LayerName(prefix.getValue(), UnderscoredPath.dotted(SdxlBlockNames.toDiffusers(path))));
            }
        }
        return ofPath(module.startsWith(PEFT_WRAPPER) ? module.substring(PEFT_WRAPPER.length()) : module);
    }

    private static Optional<LayerName> ofPath(String path) {
        for (Map.Entry<String, Component> prefix : DIFFUSERS_PREFIXES.entrySet()) {
            if (path.startsWith(prefix.getKey())) {
                return Optional.of(
                        ofPath(prefix.getValue(), path.substring(prefix.getKey().length())));
            }
        }
        if (UNET_BLOCKS.stream().anyMatch(path::startsWith)) {
            return Optional.of(ofPath(Component.UNET, path));
        }
        return path.startsWith(TEXT_MODEL) ? Optional.of(ofPath(Component.TEXT_ENCODER, path)) : Optional.empty();
    }

    private static LayerName ofPath(Component network, String path) {
        if (!path.contains(PROCESSOR)) {
            return new LayerName(network, path);
        }
        String layer = path.replace(PROCESSOR, ".");
        return new LayerName(network, layer.endsWith(".to_out") ? layer + ".0" : layer);
    }

    /**
     * The name that kohya's trainer would give to the module, with the UNet's blocks as in diffusers.
     *
     * @param twoEncoders whether the model has two text encoders
     */
    String kohya(boolean twoEncoders) {
        String prefix = switch (network) {
            case TEXT_ENCODER -> twoEncoders ? KOHYA_FIRST_ENCODER : KOHYA_ONLY_ENCODER;
            case TEXT_ENCODER_2 -> KOHYA_SECOND_ENCODER;
            default -> KOHYA_UNET;
        };
        return prefix + path.replace('.', '_');
    }

    /** The name that diffusers gives to the module. */
    String diffusers() {
        return network.folderName() + "." + path;
    }
}
