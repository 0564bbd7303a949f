package io.github.txt2lora.checkpoint;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text encoder keys of SD 2.x and of SDXL's second encoder in single files, named as in OpenCLIP. */
final class OpenClipKeys implements KeyMap {
    /** The projection of the pooled embedding in diffusers' names. */
    static final String PROJECTION = "text_projection.weight";

    static final KeySource TRANSPOSED_PROJECTION = new KeySource("text_projection", Conversion.TRANSPOSE);

    private static final Pattern LAYER =
            Pattern.compile("text_model\\.encoder\\.layers\\.(\\d{1,4})\\.(.+)\\.(weight|bias)");
    private static final Pattern FUSED = Pattern.compile("self_attn\\.([qkv])_proj");

    private static final Map<String, String> IN_LAYER = Map.of(
            "self_attn.out_proj", "attn.out_proj",
            "layer_norm1", "ln_1",
            "layer_norm2", "ln_2",
            "mlp.fc1", "mlp.c_fc",
            "mlp.fc2", "mlp.c_proj");

    private static final Map<String, KeySource> OUTSIDE_LAYERS = Map.of(
            "text_model.embeddings.token_embedding.weight",
            KeySource.copy("token_embedding.weight"),
            "text_model.embeddings.position_embedding.weight",
            KeySource.copy("positional_embedding"),
            "text_model.final_layer_norm.weight",
            KeySource.copy("ln_final.weight"),
            "text_model.final_layer_norm.bias",
            KeySource.copy("ln_final.bias"),
            PROJECTION,
            TRANSPOSED_PROJECTION);

    /** The beginning of the keys of a layer. */
    static String layerPrefix(int layer) {
        return "transformer.resblocks." + layer + ".";
    }

    @Override
    public KeySource source(String diffusersName) {
        Matcher layer = LAYER.matcher(diffusersName);
        if (!layer.matches()) {
            return OUTSIDE_LAYERS.getOrDefault(diffusersName, KeySource.copy(diffusersName));
        }
        String prefix = layerPrefix(Integer.parseInt(layer.group(1)));
        Matcher fused = FUSED.matcher(layer.group(2));
        if (fused.matches()) {
            Conversion third = switch (fused.group(1)) {
                case "q" -> Conversion.FIRST_THIRD;
                case "k" -> Conversion.SECOND_THIRD;
                default -> Conversion.LAST_THIRD;
            };
            return new KeySource(prefix + "attn.in_proj_" + layer.group(3), third);
        }
        String module = IN_LAYER.getOrDefault(layer.group(2), layer.group(2));
        return KeySource.copy(prefix + module + "." + layer.group(3));
    }
}
