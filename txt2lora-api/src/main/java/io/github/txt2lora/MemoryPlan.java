package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * How the samples of a training's step go through the network, see {@link Memory}.
 *
 * @param samples samples that a step compares, of all LoRAs that are trained together, 1 or more
 * @param samplesAtOnce the most of them in one call of the network, 1 to {@code samples}; where there are several calls,
 *     the gradient is their mean
 * @param recomputed whether a backward pass computes what is in the network's blocks again, and does not keep it
 * @param oneModelAtATime whether of several base models, see {@link LoraTraining#alsoOn}, one alone is in memory, and is
 *     loaded again for its turn; false for one model
 */
public record MemoryPlan(int samples, int samplesAtOnce, boolean recomputed, boolean oneModelAtATime) {

    /** A plan for one model, or for several that are all in memory. */
    public MemoryPlan(int samples, int samplesAtOnce, boolean recomputed) {
        this(samples, samplesAtOnce, recomputed, false);
    }

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
        return parts + (recomputed ? ", recomputed" : "") + (oneModelAtATime ? ", one model in memory at a time" : "");
    }
}
