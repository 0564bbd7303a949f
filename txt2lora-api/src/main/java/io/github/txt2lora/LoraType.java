package io.github.txt2lora;

/** The kinds of layers of the UNet that get a LoRA. */
public enum LoraType {
    /** The linear layers and 1x1 convolutions of the transformer blocks. */
    LIERLA,
    /** As {@link #LIERLA}, and the convolutions of the residual, down-sampling and up-sampling blocks. */
    C3LIER
}
