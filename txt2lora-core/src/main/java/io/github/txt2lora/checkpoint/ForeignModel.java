package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.internal.Excerpt;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Says what a safetensors file is that is no Stable Diffusion checkpoint. */
final class ForeignModel {
    /** Kinds in the order in which they are tried, each with a pattern that one key of such a file has. */
    private static final Map<String, Predicate<String>> KINDS = kinds();

    private ForeignModel() {}

    private static Map<String, Predicate<String>> kinds() {
        Map<String, Predicate<String>> kinds = new LinkedHashMap<>();
        kinds.put(
                "a LoRA (or another add-on network)",
                key("^lora_(unet|te|te1|te2)_|\\.lora_(up|down|A|B)\\.|\\.lora\\.(up|down)\\.|\\.(hada|lokr)_w"));
        kinds.put(
                "a ControlNet",
                key("^control_model\\.|^controlnet_|^zero_convs\\.|^input_hint_block\\.|^control_add_embedding"));
        kinds.put("a Flux model", key("(^|\\.)double_blocks\\."));
        kinds.put("a Stable Diffusion 3 model", key("(^|\\.)joint_blocks\\."));
        kinds.put("a textual inversion embedding", key("^(emb_params|clip_l|clip_g|string_to_param.*)$"));
        kinds.put(
                "the UNet of a diffusers folder alone (open the folder that holds unet, vae and text_encoder)",
                key("^(down_blocks|up_blocks|mid_block)\\."));
        kinds.put("a UNet alone, without text encoder and VAE", key("^(input_blocks|output_blocks|middle_block)\\."));
        kinds.put("a VAE alone", key("^(first_stage_model\\.)?(encoder|decoder)\\.(down|up|mid|conv_in)"));
        kinds.put(
                "a text encoder (CLIP) alone",
                key("(^|\\.)text_model\\.|(^|\\.)transformer\\.resblocks\\.|^shared\\.weight$"));
        return kinds;
    }

    private static Predicate<String> key(String pattern) {
        return Pattern.compile(pattern).asPredicate();
    }

    static CheckpointException describe(Path file, Set<String> keys) {
        String found = KINDS.entrySet().stream()
                .filter(kind -> keys.stream().anyMatch(kind.getValue()))
                .findFirst()
                .map(kind -> "looks like " + kind.getKey())
                .orElseGet(() -> "is no Stable Diffusion checkpoint: it has %d tensors%s"
                        .formatted(
                                keys.size(),
                                keys.isEmpty()
                                        ? ""
                                        : " such as '"
                                                + Excerpt.of(keys.iterator().next()) + "'"));
        return new CheckpointException(
                "%s %s; expected a checkpoint of Stable Diffusion 1.x, 2.x or XL in one file (keys %s...)"
                        .formatted(file, found, SingleFileLayout.UNET_PREFIX));
    }
}
