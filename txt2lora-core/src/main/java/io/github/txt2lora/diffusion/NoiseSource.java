package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * The source of a stochastic scheduler's noise; asked exactly where diffusers draws, so that a run can be replayed.
 */
@FunctionalInterface
public interface NoiseSource {

    /** For schedulers that add no noise. */
    NoiseSource NONE = (manager, shape) -> {
        throw new IllegalStateException("this sampler adds no noise");
    };

    /**
     * Draws standard normal noise.
     *
     * @param manager owner of the new array; the array lies on its device
     * @param shape the shape of the sample, {@code (batch, channels, height, width)}
     * @return a new float32 array, which the scheduler closes after use
     */
    NDArray next(NDManager manager, Shape shape);
}
