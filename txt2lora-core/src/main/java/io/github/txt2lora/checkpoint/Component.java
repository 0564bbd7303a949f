package io.github.txt2lora.checkpoint;

import java.util.Locale;

/** The networks of a checkpoint. Only {@link ModelFamily#SDXL} has a second text encoder. */
public enum Component {
    UNET("diffusion_pytorch_model"),
    TEXT_ENCODER("model"),
    TEXT_ENCODER_2("model"),
    VAE("diffusion_pytorch_model");

    private final String weightsName;

    Component(String weightsName) {
        this.weightsName = weightsName;
    }

    /** The name of its folder in a diffusers folder, such as {@code text_encoder_2}. */
    public String folderName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name of its weights file in that folder, without the ending. */
    String weightsName() {
        return weightsName;
    }
}
