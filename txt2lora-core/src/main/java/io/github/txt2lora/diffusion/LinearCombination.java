package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * A result {@code sample * x + output * m} of a noisy sample x and the UNet's output m.
 *
 * <p>Without clipping, all that a scheduler computes from these two is linear in them, so a step folds its formulas
 * into two numbers first and touches the tensors once.
 */
record LinearCombination(double sample, double output) {

    LinearCombination times(double factor) {
        return new LinearCombination(factor * sample, factor * output);
    }

    LinearCombination plus(LinearCombination other) {
        return new LinearCombination(sample + other.sample, output + other.output);
    }

    /** The same result in terms of a sample that must be multiplied by {@code scale} to become x. */
    LinearCombination withSampleScaledBy(double scale) {
        return new LinearCombination(scale * sample, output);
    }

    /** A new array in the manager of {@code x}. */
    NDArray of(NDArray x, NDArray m) {
        return WeightedSum.of(sample, x, output, m);
    }
}
