package io.github.txt2lora.leco;

import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.leco.GapState.Best;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the gaps that are measured when a training has learned enough, and keeps the parameters of the smallest
 * one. A single gap says little where it changes slowly, so the mean of two in a row counts.
 */
public final class GapWatch {

    private final StopRule rule;
    private final List<Gap> gaps = new ArrayList<>();
    private @Nullable Best best;

    /** A watch that has seen nothing. */
    public GapWatch(StopRule rule) {
        this.rule = rule;
    }

    /** Whether it is time for a measurement, which an interruption may have left out. */
    public boolean isDue(int iteration) {
        return rule.isUsed() && iteration % rule.every() == 0 && iteration > lastIteration();
    }

    private int lastIteration() {
        return gaps.isEmpty() ? 0 : gaps.get(gaps.size() - 1).iteration();
    }

    /**
     * Takes a measurement.
     *
     * @param gap NaN if there is nothing to learn, which is never better than another
     * @param parameters of the LoRA now
     * @return the smoothed gap
     */
    public double add(int iteration, double gap, float[] parameters) {
        gaps.add(new Gap(iteration, gap));
        double smoothed = smoothed();
        if (smoothed < (best == null ? Double.POSITIVE_INFINITY : best.smoothedGap())) {
            best = new Best(iteration, smoothed, parameters);
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
        if (best == null) {
            return false;
        }
        Double gapBelow = rule.gapBelow();
        boolean isSmall = gapBelow != null && best.smoothedGap() < gapBelow;
        int idle = lastIteration() - best.iteration();
        return isSmall || (rule.noBetterFor() > 0 && idle >= rule.noBetterFor());
    }

    /** Forgets measurements after an iteration that the training went back to; the best one stays good. */
    public void fallBack(int iteration) {
        gaps.removeIf(gap -> gap.iteration() > iteration);
    }

    /** The gaps measured so far, in order. */
    public List<Gap> gaps() {
        return List.copyOf(gaps);
    }

    /** What had the smallest gap; empty before the first measurement. */
    public Optional<Best> best() {
        return Optional.ofNullable(best);
    }

    /** All that has to be known to go on later. */
    public GapState state() {
        return new GapState(gaps(), best);
    }

    /** Goes on where the watch that gave the state stood. */
    public void restore(GapState state) {
        gaps.clear();
        gaps.addAll(state.gaps());
        best = state.best();
    }
}
