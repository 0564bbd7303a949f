package io.github.txt2lora;

/** What becomes of the work when a training is cancelled. */
public enum CancelMode {
    /**
     * Save the LoRA as it is, if at least one iteration was made, and the training's state, from which the same
     * training goes on when it is started again.
     */
    KEEP,
    /** Save the training's state, but no LoRA. Closing an engine cancels so. */
    SUSPEND,
    /**
     * Save nothing, and delete the training's states. LoRAs saved on the way by {@link TrainingSpec#saveEvery()} stay.
     */
    DISCARD
}
