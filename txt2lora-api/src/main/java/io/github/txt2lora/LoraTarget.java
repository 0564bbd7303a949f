package io.github.txt2lora;

/**
 * Which modules of the UNet, of those that the {@link LoraType} covers, get a LoRA.
 *
 * <p>The names are those of LECO's training methods. In LECO as published the filter looks at the names of whole
 * transformers, in which {@code attn1} and {@code attn2} never occur: {@code selfattn} and {@code xattn} select nothing
 * and fail, {@code noxattn} and {@code innoxattn} equal {@code full}. Here each does what its name says.
 */
public enum LoraTarget {
    /** Every module. */
    FULL,
    /** Every module but cross-attention ({@code attn2}) and what takes in the timestep ({@code time_emb_proj}). */
    NOXATTN,
    /** Every module but cross-attention ({@code attn2}), as in the code of ESD, where LECO has the name from. */
    INNOXATTN,
    /** Only self-attention ({@code attn1}). */
    SELFATTN,
    /** Only cross-attention ({@code attn2}), where the words meet the image. */
    XATTN
}
