package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/** The network that makes images of latents. */
public interface ImageDecoder extends AutoCloseable {

    /**
     * Decodes latents of the denoiser. A batch takes as much memory as all its images, so large ones are better decoded
     * one after the other.
     *
     * @param latents [batch, channels, h, w]
     * @return images [batch, 3, factor h, factor w], around -1 to 1, not clamped; owned by the scope
     */
    NDArray decodeLatents(NDManager scope, NDArray latents);

    @Override
    void close();
}
