package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.OptionalDouble;

/**
 * When a training ends before all its iterations are made. Every few iterations the gap between the target's prediction
 * and its goal is measured on noise that is never trained on: 1 without the LoRA, 0 when nothing is left to learn (see
 * {@link LoraQuality}). Of two measurements in a row the mean counts. With a rule the LoRA of the smallest gap is what is
 * saved, be it the last or not.
 *
 * @param gapBelow the gap at which it is enough, greater than 0; empty for no such end
 * @param noBetterFor iterations without a smaller gap after which it ends; 0 for no such end
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

    /** All iterations are made, and nothing is measured on the way. */
    public static StopRule never() {
        return new StopRule(OptionalDouble.empty(), 0, EVERY);
    }

    /** The training ends when the gap falls below a number; measured everyIterations 10 iterations. */
    public static StopRule gapBelow(double gap) {
        return never().orGapBelow(gap);
    }

    /** The training ends when the gap has not become smaller for so many iterations; measured everyIterations 10 iterations. */
    public static StopRule noBetterFor(int iterations) {
        return never().orNoBetterFor(iterations);
    }

    /** The same, and it ends too when the gap falls below a number. */
    public StopRule orGapBelow(double gap) {
        return new StopRule(OptionalDouble.of(Check.positive("gapBelow", gap)), noBetterFor, everyIterations);
    }

    /** The same, and it ends too when the gap has not become smaller for so many iterations. */
    public StopRule orNoBetterFor(int iterations) {
        return new StopRule(gapBelow, Check.atLeast("noBetterFor", iterations, 1), everyIterations);
    }

    /** The same, measured in other intervals. */
    public StopRule withEveryIterations(int iterations) {
        return new StopRule(gapBelow, noBetterFor, iterations);
    }

    /** Whether it can end a training at all. */
    public boolean isUsed() {
        return gapBelow.isPresent() || noBetterFor > 0;
    }
}
