package io.github.txt2lora.workspace;

/** The part of a LoRA's settings that a setting belongs to. */
enum SettingPart {
    /** The LoRA's name and its base model. */
    IDENTITY,
    /** {@link io.github.txt2lora.TrainingSpec}. */
    TRAINING,
    /** {@link io.github.txt2lora.ops.ResizeSpec}. */
    RESIZE,
    /** {@link PreviewSettings}. */
    PREVIEW
}
