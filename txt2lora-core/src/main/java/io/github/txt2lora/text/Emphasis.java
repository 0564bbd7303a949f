package io.github.txt2lora.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.torch.HostNumbers;

/** The weights of tokens in the text encoder's output, as AUTOMATIC1111's web UI applies them. */
final class Emphasis {

    private Emphasis() {}

    /**
     * Multiplies each token's hidden state by its weight, then all of them by one number, so that their mean is what it
     * was. A mean that vanishes is left alone.
     *
     * @param hidden [1, tokens, width]
     * @param weights one for each token
     */
    static NDArray apply(NDManager scope, NDArray hidden, float[] weights) {
        NDArray weighted = hidden.mul(HostNumbers.array(scope, weights, new Shape(1, weights.length, 1)));
        float ratio = HostNumbers.scalar(hidden.mean()) / HostNumbers.scalar(weighted.mean());
        return Float.isFinite(ratio) ? weighted.mul(ratio) : weighted;
    }
}
