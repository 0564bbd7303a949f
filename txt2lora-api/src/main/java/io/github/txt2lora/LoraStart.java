package io.github.txt2lora;

/** What a LoRA is before the first iteration. */
public enum LoraStart {

    /** One that changes nothing: {@code up} is zero, {@code down} random, as LECO and kohya begin. */
    ZERO,

    /**
     * The keys and values of cross-attention are changed in closed form so that the target's embeddings give there what
     * the positive prompt's give, and prompts to keep stay (Gandikota et al., "Unified Concept Editing in Diffusion
     * Models", arXiv 2308.14761), as far as the LoRA's rank allows. It needs no evaluation of the UNet, and may be all
     * there is, with no iterations. Prompts of everyday words stand for all that was not given to be kept; they leave
     * the lesson little room, so that this is where a training begins rather than where it ends. A LoRA without keys and values of cross-attention starts at zero, with
     * a warning.
     */
    CLOSED_FORM
}
