package io.github.txt2lora.torch.device;

import io.github.txt2lora.Precision;
import java.util.Optional;

/**
 * An NVIDIA GPU, as its driver describes it.
 *
 * @param index the number in {@code cuda:0}; {@code CUDA_VISIBLE_DEVICES} is taken into account
 * @param name for example {@code NVIDIA GeForce RTX 3060}
 * @param capability its generation
 */
public record Gpu(int index, String name, ComputeCapability capability) {

    private static final ComputeCapability AMPERE = new ComputeCapability(8, 0);

    /** What is slow on this GPU, and what is faster; empty if there is nothing to say. */
    public Optional<String> adviceFor(Precision precision) {
        return precision == Precision.BF16 && capability.compareTo(AMPERE) < 0
                ? Optional.of(this + " has no BF16 arithmetic, so attention takes slow ways; precision FP16 is faster")
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "cuda:" + index + " (" + name + ", compute capability " + capability + ")";
    }
}
