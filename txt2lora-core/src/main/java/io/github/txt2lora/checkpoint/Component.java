package io.github.txt2lora.checkpoint;

import java.util.Locale;

/** The networks that checkpoints have; which of them, their {@linkplain ModelFamily family} says. */
public enum Component {
    UNET("UNet", "diffusion_pytorch_model"),
    TRANSFORMER("transformer", "diffusion_pytorch_model"),
    TEXT_ENCODER("text encoder", "model"),
    TEXT_ENCODER_2("second text encoder", "model"),
    VAE("VAE", "diffusion_pytorch_model");

    private final String displayName;
    private final String weightsName;

    Component(String displayName, String weightsName) {
        this.displayName = displayName;
        this.weightsName = weightsName;
    }

    /** The name for people. */
    public String displayName() {
        return displayName;
    }

    /** The name of its folder in a diffusers folder, such as {@code text_encoder_2}. */
    public String folderName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it predicts the noise. */
    public boolean isDenoiser() {
        return this == UNET || this == TRANSFORMER;
    }

    /** Whether it reads prompts. */
    public boolean isTextEncoder() {
        return this == TEXT_ENCODER || this == TEXT_ENCODER_2;
    }

    /** The name of its weights file in that folder, without the ending. */
    String weightsName() {
        return weightsName;
    }
}
