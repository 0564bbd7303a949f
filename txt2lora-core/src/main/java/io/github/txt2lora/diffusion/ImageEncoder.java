package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** The network that makes latents of images. */
public interface ImageEncoder extends AutoCloseable {

    /**
     * Encodes images to the likeliest latents of the denoiser.
     *
     * @param images [batch, 3, factor h, factor w], -1 to 1
     * @return latents [batch, channels, h, w], owned by the scope
     */
    NDArray encodeImages(NDManager scope, NDArray images);

    @Override
    void close();
}
