package io.github.txt2lora;

/**
 * How an engine trades time for memory. The results are the same up to rounding. What was chosen for a training is in
 * {@link TrainingEstimate#memoryPlan()}.
 */
public enum Memory {
    /**
     * The fastest way that fits, by the estimate and the memory of the device: all samples of a step at once, otherwise
     * fewer at a time down to one, otherwise with recomputation, which takes about a third more time. On a GPU, free
     * memory counts; on the CPU, all memory of the machine, so that the same training gives the same bytes. Where memory
     * runs out nevertheless, the next way is taken.
     */
    AUTO,
    /** As {@link #AUTO}, but never recomputes. */
    SPEED,
    /**
     * The least memory: one sample at a time, and a backward pass keeps only the inputs of the network's blocks and
     * computes what is in them again.
     */
    SAVE
}
