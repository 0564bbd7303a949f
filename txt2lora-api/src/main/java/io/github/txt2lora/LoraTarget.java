package io.github.txt2lora;

/**
 * The modules of the UNet that get a LoRA, among those of the {@link LoraType}.
 *
 * <p>The names are those of LECO's training methods. LECO's published code filters by the names of whole transformers,
 * which never contain {@code attn1} or {@code attn2}: {@code selfattn} and {@code xattn} select nothing and fail,
 * {@code noxattn} and {@code innoxattn} equal {@code full}. Here each name selects the modules listed below.
 */
public enum LoraTarget {
    /** All modules. */
    FULL,
    /**
     * All modules except cross-attention ({@code attn2}) and the projection of the timestep ({@code time_emb_proj}).
     */
    NOXATTN,
    /** All modules except cross-attention ({@code attn2}), as in the code of ESD, the source of LECO's name. */
    INNOXATTN,
    /** Only self-attention ({@code attn1}). */
    SELFATTN,
    /** Only cross-attention ({@code attn2}), which conditions the image on the prompt. */
    XATTN
}
