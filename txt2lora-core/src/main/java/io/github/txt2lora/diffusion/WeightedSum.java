package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/** Sums of tensors with scalar weights, which leave no temporary arrays behind. */
final class WeightedSum {

    private WeightedSum() {}

    /** {@code a * x + b * y} as a new array in the manager of {@code x}. */
    static NDArray of(double a, NDArray x, double b, NDArray y) {
        NDArray sum = x.mul((float) a);
        add(sum, b, y);
        return sum;
    }

    /** Adds {@code weight * term} to {@code sum} in place. */
    static void add(NDArray sum, double weight, NDArray term) {
        try (NDArray weighted = term.mul((float) weight)) {
            sum.addi(weighted);
        }
    }

    /**
     * Draws noise in any case, so that the source moves on, and adds {@code weight * noise} to {@code sum} in place.
     */
    static void addNoise(NDArray sum, double weight, NoiseSource source) {
        try (NDArray noise = source.next(sum.getManager(), sum.getShape())) {
            add(sum, weight, noise);
        }
    }
}
