package io.github.txt2lora;

/** The way in which a cancelled training ends. */
public enum CancelMode {
    /**
     * Save the LoRA as it is, if at least one iteration was made, and the training's state, from which the same
     * training resumes when it is started again.
     */
    KEEP,
    /** Save the training's state, but no LoRA. Closing an engine does this. */
    SUSPEND,
    /**
     * Save nothing, and delete the training's states. Intermediate LoRA files of {@link SavingSpec#everyIterations()}
     * remain.
     */
    DISCARD
}
