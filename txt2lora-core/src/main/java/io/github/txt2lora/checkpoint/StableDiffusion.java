package io.github.txt2lora.checkpoint;

import java.util.EnumSet;
import java.util.Set;

/** The generations of Stable Diffusion. */
@SuppressWarnings("ImmutableEnumChecker") // the latents are a record of numbers
public enum StableDiffusion implements ModelFamily {
    SD1("Stable Diffusion 1.x", new LatentSpace(4, 8, 8, 0.18215, false)),
    SD2("Stable Diffusion 2.x", new LatentSpace(4, 8, 8, 0.18215, false)),
    SDXL("Stable Diffusion XL", new LatentSpace(4, 8, 8, 0.13025, true));

    private final String displayName;
    private final LatentSpace latents;

    StableDiffusion(String displayName, LatentSpace latents) {
        this.displayName = displayName;
        this.latents = latents;
    }

    @Override
    public String displayName() {
        return displayName;
    }

    /** All have a UNet, a VAE and a text encoder; only SDXL has a second text encoder. */
    @Override
    public Set<Component> networks() {
        Set<Component> networks = EnumSet.of(Component.UNET, Component.VAE, Component.TEXT_ENCODER);
        if (this == SDXL) {
            networks.add(Component.TEXT_ENCODER_2);
        }
        return networks;
    }

    @Override
    public LatentSpace latents() {
        return latents;
    }
}
