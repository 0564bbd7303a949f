package io.github.txt2lora;

/** The direction in which a LoRA changes the meaning of the target. */
public enum PromptAction {
    /** Towards the positive prompt: {@code neutral + guidanceScale * (positive - unconditional)}. */
    ENHANCE,
    /** Away from the positive prompt: {@code neutral - guidanceScale * (positive - unconditional)}. */
    ERASE
}
