package io.github.txt2lora.checkpoint;

import java.util.List;
import java.util.Optional;

/** The ways in which one network's tensors are named in single files, and the keys by which each is told. */
@SuppressWarnings("ImmutableEnumChecker") // the lists are those of List.of
enum NetworkLayout {
    LDM_UNET(List.of("input_blocks.", "middle_block.", "output_blocks."), List.of("time_embed.", "label_emb.", "out.")),

    DIFFUSERS_UNET(
            List.of("down_blocks.", "up_blocks.", "mid_block."),
            List.of("conv_in.", "conv_out.", "conv_norm_out.", "time_embedding.", "add_embedding.")),

    LDM_VAE(
            List.of(
                    "encoder.down.",
                    "decoder.up.",
                    "encoder.mid.",
                    "decoder.mid.",
                    "encoder.conv_in.",
                    "decoder.conv_in."),
            List.of("encoder.", "decoder.", "quant_conv.", "post_quant_conv.", "loss.")),

    DIFFUSERS_VAE(
            List.of("encoder.down_blocks.", "decoder.up_blocks.", "encoder.mid_block.", "decoder.mid_block."),
            List.of("encoder.", "decoder.", "quant_conv.", "post_quant_conv.")),

    CLIP(
            List.of("text_model.", "embeddings.token_embedding.", "encoder.layers."),
            List.of("embeddings.", "final_layer_norm.", "text_projection", "logit_scale")),

    OPEN_CLIP(
            List.of("transformer.resblocks.", "ln_final."),
            List.of(
                    "token_embedding.",
                    "positional_embedding",
                    "text_projection",
                    "logit_scale",
                    "attn_mask",
                    "visual."));

    /** Ends of prefixes under which the same names mean another network. */
    private static final List<String> OTHER_NETWORKS = List.of(
            ".control_model.", ".controlnet.", ".vision_model.", ".visual.", ".encoder.", ".decoder.", ".loss.");

    private final List<String> markers;
    private final List<String> others;

    NetworkLayout(List<String> markers, List<String> others) {
        this.markers = markers;
        this.others = others;
    }

    /**
     * The prefix of a key before the network's own part, possibly the empty string; empty if the key is not telling.
     */
    Optional<String> prefixOf(String key) {
        for (String marker : markers) {
            int start = key.indexOf(marker);
            if (start == 0 || (start > 0 && key.charAt(start - 1) == '.')) {
                String prefix = key.substring(0, start);
                boolean other = OTHER_NETWORKS.stream().anyMatch(("." + prefix)::endsWith);
                return other ? Optional.empty() : Optional.of(prefix);
            }
        }
        return Optional.empty();
    }

    /** Whether a key without its prefix is one of such a network. */
    boolean owns(String key) {
        return markers.stream().anyMatch(key::startsWith) || others.stream().anyMatch(key::startsWith);
    }
}
