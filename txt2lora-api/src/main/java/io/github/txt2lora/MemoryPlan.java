package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * How the samples of a training's step go through the network, see {@link Memory}.
 *
 * @param samples samples that a step compares, of all LoRAs that are trained together, 1 or more
 * @param samplesAtOnce the most of them in one call of the network, 1 to {@code samples}; where there are several calls,
 *     the gradient is their mean
 * @param recomputed whether a backward pass computes what is in the network's blocks again, and does not keep it
 */
public record MemoryPlan(int samples, int samplesAtOnce, boolean recomputed) {

    /**
     * Checks the numbers.
     *
     * @throws InvalidSettingException if one of them is out of its range
     */
    public MemoryPlan {
        Check.atLeast("samples", samples, 1);
        Check.between("samplesAtOnce", samplesAtOnce, 1, samples);
    }

    /** In a few words, for example {@code one by one, recomputed}. */
    public String inWords() {
        String parts = samplesAtOnce == samples
                ? "all at once"
                : samplesAtOnce == 1 ? "one by one" : samplesAtOnce + " at a time";
        return recomputed ? parts + ", recomputed" : parts;
    }
}
