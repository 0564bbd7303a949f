package io.github.txt2lora.lora;

import io.github.txt2lora.checkpoint.Component;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

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

    private static final Map<String, Component> DOTTED_PREFIXES = dottedPrefixes();

    private static final String TEXT_MODEL = "text_model.";
    private static final String TEXT_LAYERS = "encoder.layers.";

    /** LoRA layers of early diffusers versions belonged to an attention processor. */
    private static final String PROCESSOR = ".processor.";

    /** Early diffusers versions called a text encoder's projections as those of the UNet. */
    private static final Pattern OLD_TEXT_PROJECTION = Pattern.compile("(.+\\.self_attn)\\.to_(q|k|v|out)");

    private static Map<String, Component> dottedPrefixes() {
        Map<String, Component> prefixes = new LinkedHashMap<>();
        for (Component component : new Component[] {Component.UNET, Component.TEXT_ENCODER, Component.TEXT_ENCODER_2}) {
            prefixes.put(component.folderName() + ".", component);
        }
        prefixes.put("diffusion_model.", Component.UNET);
        prefixes.put("model.diffusion_model.", Component.UNET);
        prefixes.put("te.", Component.TEXT_ENCODER);
        prefixes.put("te1.", Component.TEXT_ENCODER);
        prefixes.put("te2.", Component.TEXT_ENCODER_2);
        for (String folder : new String[] {"", "text_encoders."}) {
            prefixes.put(folder + "clip_l.transformer.", Component.TEXT_ENCODER);
            prefixes.put(folder + "clip_h.transformer.", Component.TEXT_ENCODER);
            prefixes.put(folder + "clip_g.transformer.", Component.TEXT_ENCODER_2);
        }
        return prefixes;
    }

    /** Whether a module's name is one of kohya's. */
    static boolean isKohya(String module) {
        return KOHYA_PREFIXES.keySet().stream().anyMatch(module::startsWith);
    }

    /**
     * The layer that a module of a LoRA file is for. Empty if the name begins with no network and is that of no layer;
     * it may also be that of a {@linkplain #isKnown() layer that no Stable Diffusion model has}.
     */
    static Optional<LayerName> ofModule(String module) {
        for (Map.Entry<String, Component> prefix : KOHYA_PREFIXES.entrySet()) {
            if (module.startsWith(prefix.getKey())) {
                String path = module.substring(prefix.getKey().length());
                return Optional.of(of(prefix.getValue(), UnderscoredPath.dotted(LdmLayerNames.toDiffusers(path))));
            }
        }
        String path = withoutWrapper(module);
        for (Map.Entry<String, Component> prefix : DOTTED_PREFIXES.entrySet()) {
            if (path.startsWith(prefix.getKey())) {
                return Optional.of(of(
                        prefix.getValue(),
                        withoutWrapper(path.substring(prefix.getKey().length()))));
            }
        }
        // files that hold a single network need not name it
        boolean text = path.startsWith(TEXT_MODEL) || path.startsWith(TEXT_LAYERS);
        return Optional.of(of(text ? Component.TEXT_ENCODER : Component.UNET, path))
                .filter(LayerName::isKnown);
    }

    private static String withoutWrapper(String path) {
        return path.startsWith(PEFT_WRAPPER) ? path.substring(PEFT_WRAPPER.length()) : path;
    }

    private static LayerName of(Component network, String path) {
        return new LayerName(network, network == Component.UNET ? unetPath(path) : textPath(path));
    }

    private static String unetPath(String path) {
        String dotted = LdmLayerNames.isPath(path)
                ? UnderscoredPath.dotted(LdmLayerNames.toDiffusers(path.replace('.', '_')))
                : path.replace(PROCESSOR, ".");
        return dotted.endsWith(".to_out") ? dotted + ".0" : dotted;
    }

    private static String textPath(String path) {
        String whole = path.startsWith(TEXT_LAYERS) ? TEXT_MODEL + path : path;
        return OLD_TEXT_PROJECTION.matcher(whole).replaceFirst("$1.$2_proj");
    }

    /** Whether some Stable Diffusion model has the layer. */
    boolean isKnown() {
        return LayerPaths.has(network, path);
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
