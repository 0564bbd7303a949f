package io.github.txt2lora.image;

/** The regions of an image in which the parts of a prompt apply. */
public sealed interface ImageComposition permits WholePicture, LatentCouple, RegionGrid {

    /** Every part of the prompt applies everywhere, as the web UI reads {@code AND}; the default. */
    static ImageComposition wholePicture() {
        return new WholePicture();
    }
}
