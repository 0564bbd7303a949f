package io.github.txt2lora;

/** The weights of a LoRA before the first iteration. */
public enum LoraStart {

    /** No effect: {@code up} is zero and {@code down} random, as in LECO and kohya. */
    ZERO,

    /**
     * A closed-form edit of the keys and values of cross-attention (Gandikota et al., "Unified Concept Editing in
     * Diffusion Models", arXiv 2308.14761). It maps the target's embeddings to the outputs of the positive prompt's and
     * preserves other prompts, as far as the rank allows. It needs no evaluation of the UNet, so a training may have 0
     * iterations. Prompts of common words represent everything else to preserve. They leave the edit little room, so
     * use it as a start rather than as the whole training. A LoRA without keys and values of cross-attention starts as
     * {@link #ZERO}, with a warning.
     */
    CLOSED_FORM
}
