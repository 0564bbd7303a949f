package io.github.txt2lora.checkpoint;

import java.util.function.Predicate;

/** Tensors of CLIP files that a text encoder does not need: constants, and the parts that compare text with images. */
final class UnusedTextKeys {
    private UnusedTextKeys() {}

    static Predicate<String> of(Component component) {
        boolean projects = component == Component.TEXT_ENCODER_2;
        return key -> key.endsWith("position_ids")
                || key.equals("logit_scale")
                || key.equals("attn_mask")
                || key.startsWith("visual.")
                || key.startsWith("vision_model.")
                || key.startsWith("visual_projection.")
                || (!projects && key.startsWith("text_projection"));
    }
}
