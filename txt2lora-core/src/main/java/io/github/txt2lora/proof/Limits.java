package io.github.txt2lora.proof;

import io.github.txt2lora.Precision;

/** How far a device may be from the CPU. */
final class Limits {

    /** Allowed in FP32: rounding, in another order of sums. */
    static final double FP32 = 1e-3;

    /** Allowed in 16 bits, against FP32. */
    static final double HALF = 3e-2;

    static final String REMEDY = "Update the GPU's driver, and run the check again; train on the CPU or in another"
            + " precision until it passes.";

    private Limits() {}

    static double of(Precision precision) {
        return precision == Precision.FP32 ? FP32 : HALF;
    }
}
