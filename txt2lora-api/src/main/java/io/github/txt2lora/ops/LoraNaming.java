package io.github.txt2lora.ops;

/** The naming of the tensors in a LoRA file. */
public enum LoraNaming {
    /**
     * {@code lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight}, {@code .lora_up.weight} and
     * {@code .alpha}: kohya's trainers, LECO and this library. Every program reads it.
     */
    KOHYA,
    /**
     * {@code unet.down_blocks.0.attentions.0.proj_in.lora_A.weight} and {@code .lora_B.weight}: diffusers with PEFT. It
     * has no alpha, so {@code lora_B} contains the factor alpha / rank.
     */
    DIFFUSERS
}
