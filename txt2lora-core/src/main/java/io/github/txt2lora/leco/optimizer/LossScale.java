package io.github.txt2lora.leco.optimizer;

import io.github.txt2lora.Precision;

/**
 * The factor on the loss before the backward pass, by which the gradient is divided afterwards, so that small gradients
 * do not vanish in 16 bits (Micikevicius et al., "Mixed Precision Training", arXiv 1710.03740). A factor that makes the
 * gradient overflow is halved; after {@value #GROWTH_INTERVAL} steps without overflow it is doubled.
 *
 * @param factor a power of two, so that scaling never rounds; 1 for no scaling
 * @param steps since the factor changed
 */
public record LossScale(double factor, int steps) {

    /** As PyTorch's GradScaler begins. */
    private static final double FIRST_FACTOR = 65536;

    /** PyTorch's GradScaler takes 2000; trainings here are shorter. */
    private static final int GROWTH_INTERVAL = 200;

    /** Only FP16 needs it: BF16 reaches as far as FP32. */
    public static LossScale initial(Precision precision) {
        return new LossScale(precision == Precision.FP16 ? FIRST_FACTOR : 1, 0);
    }

    /** Whether there is a smaller factor to try. */
    public boolean canShrink() {
        return factor > 1;
    }

    public LossScale afterOverflow() {
        return new LossScale(Math.max(1, factor / 2), 0);
    }

    public LossScale afterStep(Precision precision) {
        if (precision != Precision.FP16) {
            return this;
        }
        // more would make an ordinary loss itself infinite
        return steps + 1 < GROWTH_INTERVAL || factor >= FIRST_FACTOR
                ? new LossScale(factor, steps + 1)
                : new LossScale(factor * 2, 0);
    }
}
