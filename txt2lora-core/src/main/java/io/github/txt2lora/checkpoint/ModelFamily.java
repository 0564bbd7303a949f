package io.github.txt2lora.checkpoint;

import java.util.Set;

/**
 * A family of models as its files tell it: its name, its networks and the form of its latents. How they are used is
 * said by the profile of the family.
 */
public interface ModelFamily {

    /** The name for people. */
    String displayName();

    /** The networks of its models: one denoiser, and what it is used with. */
    Set<Component> networks();

    /** The latents that the denoiser works on. */
    LatentSpace latents();

    /** Whether its models have a network. */
    default boolean has(Component network) {
        return networks().contains(network);
    }

    /** The network that predicts the noise. */
    default Component denoiser() {
        return networks().stream().filter(Component::isDenoiser).findFirst().orElseThrow();
    }
}
