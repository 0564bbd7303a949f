package io.github.txt2lora.internal.job;

import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.StopRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gaps that were measured in a training, and what a {@link StopRule} says to them. A single gap says little where
 * it changes slowly, so the mean of two in a row counts.
 */
public final class GapHistory {

    private final StopRule rule;
    private final List<Gap> gaps = new ArrayList<>();
    private @Nullable Smallest smallest;

    /**
     * The smallest smoothed gap, which may be one that the training went back from.
     *
     * @param iteration after how many iterations
     * @param smoothedGap the mean of this and the measurement before
     */
    public record Smallest(int iteration, double smoothedGap) {}

    /** Nothing was measured. */
    public GapHistory(StopRule rule) {
        this.rule = rule;
    }

    /** Whether it is time for a measurement, which an interruption may have left out. */
    public boolean isDue(int iteration) {
        return rule.isUsed() && iteration % rule.everyIterations() == 0 && iteration > lastIteration();
    }

    private int lastIteration() {
        return gaps.isEmpty() ? 0 : gaps.get(gaps.size() - 1).iteration();
    }

    /**
     * Takes a measurement.
     *
     * @param gap NaN if there is nothing to learn, which is never smaller than another
     * @return the smoothed gap
     */
    public double add(int iteration, double gap) {
        gaps.add(new Gap(iteration, gap));
        double smoothed = smoothed();
        if (smoothed < (smallest == null ? Double.POSITIVE_INFINITY : smallest.smoothedGap())) {
            smallest = new Smallest(iteration, smoothed);
        }
        return smoothed;
    }

    private double smoothed() {
        int last = gaps.size() - 1;
        double gap = gaps.get(last).gap();
        return last == 0 ? gap : (gap + gaps.get(last - 1).gap()) / 2;
    }

    /** Whether the training has learned enough. */
    public boolean isEnough() {
        if (smallest == null) {
            return false;
        }
        boolean isSmall = smallest.smoothedGap() < rule.gapBelow().orElse(Double.NEGATIVE_INFINITY);
        int idle = lastIteration() - smallest.iteration();
        return isSmall || (rule.noBetterFor() > 0 && idle >= rule.noBetterFor());
    }

    /** Forgets measurements after an iteration that the training went back to; the smallest one stays. */
    public void fallBack(int iteration) {
        gaps.removeIf(gap -> gap.iteration() > iteration);
    }

    /** The gaps measured so far, in order. */
    public List<Gap> gaps() {
        return List.copyOf(gaps);
    }

    /** Null before the first measurement. */
    public @Nullable Smallest smallest() {
        return smallest;
    }

    /** Goes on where another history stood. */
    public void restore(List<Gap> otherGaps, @Nullable Smallest otherSmallest) {
        gaps.clear();
        gaps.addAll(otherGaps);
        smallest = otherSmallest;
    }
}
