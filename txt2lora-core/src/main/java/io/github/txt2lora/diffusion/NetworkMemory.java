package io.github.txt2lora.diffusion;

/**
 * The memory that calls of a denoiser take beside its weights and its LoRA: numbers at the most at one time, in the
 * network's precision. It follows from the shapes of the network.
 */
public interface NetworkMemory {

    /**
     * A prediction of one sample.
     *
     * @param height of the latents
     * @param width of the latents
     */
    double prediction(int height, int width);

    /**
     * A pass of one sample with the gradient of a LoRA.
     *
     * @param height of the latents
     * @param width of the latents
     * @param recomputed see {@link MemoryUse#recomputed()}
     */
    double gradient(int height, int width, boolean recomputed);

    /** What libtorch needs in a call whatever the number of samples, such as a weight in the order that a kernel wants. */
    double workspace();
}
