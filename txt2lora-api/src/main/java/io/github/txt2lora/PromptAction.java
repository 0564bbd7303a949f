package io.github.txt2lora;

/** Which way a LoRA moves what the target words mean. */
public enum PromptAction {
    /** Towards the positive prompt: {@code neutral + guidanceScale * (positive - unconditional)}. */
    ENHANCE,
    /** Away from the positive prompt: {@code neutral - guidanceScale * (positive - unconditional)}. */
    ERASE
}
