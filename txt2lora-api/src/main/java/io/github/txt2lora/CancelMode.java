package io.github.txt2lora;

/** What becomes of the LoRA when its training is cancelled. */
public enum CancelMode {
    /** Save what was trained so far, if at least one iteration was made. */
    KEEP,
    /** Save nothing. States saved earlier by {@link TrainingSpec#saveEvery()} stay. */
    DISCARD
}
