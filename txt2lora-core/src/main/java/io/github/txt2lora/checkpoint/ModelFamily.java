package io.github.txt2lora.checkpoint;

/** The generations of Stable Diffusion that can be read. */
public enum ModelFamily {
    SD1("Stable Diffusion 1.x", 0.18215),
    SD2("Stable Diffusion 2.x", 0.18215),
    SDXL("Stable Diffusion XL", 0.13025);

    private final String displayName;
    private final double vaeScalingFactor;

    ModelFamily(String displayName, double vaeScalingFactor) {
        this.displayName = displayName;
        this.vaeScalingFactor = vaeScalingFactor;
    }

    /** The name for people. */
    public String displayName() {
        return displayName;
    }

    /** Whether its checkpoints have a network; only SDXL has a second text encoder. */
    public boolean has(Component network) {
        return network != Component.TEXT_ENCODER_2 || this == SDXL;
    }

    /** The factor by which the VAE's latents are multiplied for the UNet, where the model names no other. */
    public double vaeScalingFactor() {
        return vaeScalingFactor;
    }
}
