package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.OptionalDouble;

/**
 * A rule for early stopping. At regular intervals the training measures the gap between the target's prediction and its
 * goal, at latents that are not used for training: 1 without the LoRA, 0 when nothing is left to learn (see
 * {@link LoraQuality}). The rule uses the mean of the last two measurements. A training with a rule saves the LoRA with
 * the smallest gap, which need not be the last.
 *
 * @param gapBelow gap below which the training stops, greater than 0; empty for no limit
 * @param noBetterFor iterations without a smaller gap after which the training stops, 0 or more; 0 for no limit
 * @param everyIterations iterations between two measurements, 1 or more
 */
public record StopRule(OptionalDouble gapBelow, int noBetterFor, int everyIterations) {

    private static final int EVERY = 10;

    /**
     * Checks the components.
     *
     * @throws InvalidSettingException if one is outside its range
     */
    public StopRule {
        Check.given("gapBelow", gapBelow).ifPresent(gap -> Check.positive("gapBelow", gap));
        Check.atLeast("noBetterFor", noBetterFor, 0);
        Check.atLeast("everyIterations", everyIterations, 1);
    }

    /** Makes all iterations, without measuring the gap during the training. */
    public static StopRule never() {
        return new StopRule(OptionalDouble.empty(), 0, EVERY);
    }

    /** Stops when the gap falls below a number greater than 0; measures it every 10 iterations. */
    public static StopRule gapBelow(double gap) {
        return never().orGapBelow(gap);
    }

    /** Stops after so many iterations without a smaller gap, 1 or more; measures it every 10 iterations. */
    public static StopRule noBetterFor(int iterations) {
        return never().orNoBetterFor(iterations);
    }

    /** A copy that also stops when the gap falls below a number. */
    public StopRule orGapBelow(double gap) {
        return new StopRule(OptionalDouble.of(Check.positive("gapBelow", gap)), noBetterFor, everyIterations);
    }

    /** A copy that also stops after so many iterations without a smaller gap. */
    public StopRule orNoBetterFor(int iterations) {
        return new StopRule(gapBelow, Check.atLeast("noBetterFor", iterations, 1), everyIterations);
    }

    /** A copy with another number of iterations between two measurements, 1 or more. */
    public StopRule withEveryIterations(int iterations) {
        return new StopRule(gapBelow, noBetterFor, iterations);
    }

    /** Whether the rule can stop a training. */
    public boolean isUsed() {
        return gapBelow.isPresent() || noBetterFor > 0;
    }
}
