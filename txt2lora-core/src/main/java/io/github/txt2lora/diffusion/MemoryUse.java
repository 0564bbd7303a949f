package io.github.txt2lora.diffusion;

/**
 * How a denoiser trades time for memory. The results are the same up to rounding.
 *
 * @param samplesAtOnce the most samples in one call of the network; larger batches go through it in parts
 * @param recomputed whether a pass with gradient keeps only the inputs of the network's blocks and computes what is in
 *     them again on the way back (Chen et al., "Training Deep Nets with Sublinear Memory Cost", arXiv 1604.06174),
 *     which takes about a third more time
 * @param recomputedWhenShort whether it is {@code recomputed} from then on where memory runs out for a single sample
 */
public record MemoryUse(int samplesAtOnce, boolean recomputed, boolean recomputedWhenShort) {

    /** Whole batches, and nothing is computed twice. */
    public static final MemoryUse FASTEST = new MemoryUse(Integer.MAX_VALUE, false);

    /** Without a change where memory runs out. */
    public MemoryUse(int samplesAtOnce, boolean recomputed) {
        this(samplesAtOnce, recomputed, false);
    }

    /** @throws IllegalArgumentException if there is not even one sample at once */
    public MemoryUse {
        if (samplesAtOnce < 1) {
            throw new IllegalArgumentException("samplesAtOnce is " + samplesAtOnce + "; expected 1 or more");
        }
    }

    /** The same, but recomputed where memory runs out for a single sample. */
    public MemoryUse recomputingWhenShort() {
        return new MemoryUse(samplesAtOnce, recomputed, true);
    }

    /** The same, but recomputed. */
    MemoryUse recomputing() {
        return new MemoryUse(samplesAtOnce, true, recomputedWhenShort);
    }
}
