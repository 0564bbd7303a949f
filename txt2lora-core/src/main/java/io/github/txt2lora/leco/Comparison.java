package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.text.Conditioning;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The noisy latents and the goal that a LoRA's prediction is compared with.
 *
 * @param latents as the network takes them, [batch, channels, height, width]
 * @param timesteps one for each sample
 * @param conditioning the prompt of each sample
 * @param goal the prediction to reach, of latents' shape
 * @param sampleWeights factors on the squared error of each sample; null for 1
 * @param loraStrength multiplies the LoRA: one number, since a network is called with one
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Comparison(
        NDArray latents,
        double[] timesteps,
        Conditioning conditioning,
        NDArray goal,
        double @Nullable [] sampleWeights,
        double loraStrength) {

    /** The weights, ones if there are none. */
    double[] weights() {
        if (sampleWeights != null) {
            return sampleWeights;
        }
        double[] ones = new double[timesteps.length];
        Arrays.fill(ones, 1);
        return ones;
    }
}
