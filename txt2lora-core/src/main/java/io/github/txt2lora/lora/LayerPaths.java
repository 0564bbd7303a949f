package io.github.txt2lora.lora;

import io.github.txt2lora.checkpoint.Component;
import java.util.regex.Pattern;

/** The diffusers paths of the layers that Stable Diffusion's networks have, from the smallest to the largest. */
final class LayerPaths {

    private static final String IN_RESNET = "(conv1|conv2|time_emb_proj|conv_shortcut)";
    private static final String IN_ATTENTION =
            "(proj_in|proj_out|transformer_blocks\\.\\d\\.(attn[12]\\.to_(q|k|v|out\\.0)|ff\\.net\\.(0\\.proj|2)))";

    private static final Pattern UNET = Pattern.compile("conv_in|conv_out|(time|add)_embedding\\.linear_[12]"
            + "|(down_blocks\\.[0-3]\\.resnets\\.[01]|up_blocks\\.[0-3]\\.resnets\\.[0-2]|mid_block\\.resnets\\.[01])\\."
            + IN_RESNET
            + "|(down_blocks\\.[0-3]\\.attentions\\.[01]|up_blocks\\.[0-3]\\.attentions\\.[0-2]|mid_block\\.attentions\\.0)\\."
            + IN_ATTENTION
            + "|down_blocks\\.[0-2]\\.downsamplers\\.0\\.conv|up_blocks\\.[0-2]\\.upsamplers\\.0\\.conv");

    private static final Pattern TEXT_ENCODER = Pattern.compile("text_projection"
            + "|text_model\\.encoder\\.layers\\.\\d{1,2}\\.(self_attn\\.(q|k|v|out)_proj|mlp\\.fc[12])");

    private LayerPaths() {}

    /** Whether a network can have a layer of that path that a LoRA adds to. */
    static boolean has(Component network, String path) {
        return switch (network) {
            case UNET -> UNET.matcher(path).matches();
            case TEXT_ENCODER, TEXT_ENCODER_2 -> TEXT_ENCODER.matcher(path).matches();
            case TRANSFORMER, VAE -> false;
        };
    }
}
