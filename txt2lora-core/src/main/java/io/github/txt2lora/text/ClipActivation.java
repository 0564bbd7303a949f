package io.github.txt2lora.text;

/** The activation of a CLIP text encoder's feed-forward layers. */
public enum ClipActivation {
    /** {@code x * sigmoid(1.702 x)}: OpenAI's CLIP, in SD 1.x and as the first encoder of SDXL. */
    QUICK_GELU,
    /** Exact GELU: OpenCLIP, in SD 2.x and as the second encoder of SDXL. */
    GELU
}
