package io.github.txt2lora;

/** The noisy latents at which the predictions for a prompt to preserve are compared. */
public enum KeptLatents {

    /** The same latents as those of the target prompt in that iteration. */
    SHARED,

    /**
     * Latents on the way to the images of the preserved prompt itself: the base model samples 4 trajectories of 7 steps
     * for each prompt, 16 for the neutral one, once, and caches them. In a fifth of the iterations the prediction for
     * the unconditional prompt is preserved there instead. Pairs of dynamic resolution or crops share the latents of the
     * target.
     */
    TRAJECTORIES
}
