package io.github.txt2lora.leco;

import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.StopRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the gaps that are measured when a training has learned enough, and keeps the parameters of the smallest
 * one. A single gap says little where it changes slowly, so the mean of two in a row counts.
 */
public final class GapWatch {

    private final StopRule rule;
    private final List<Gap> gaps = new ArrayList<>();
    private float @Nullable [] bestParameters;

    /** A watch that has seen nothing. */
    public GapWatch(StopRule rule) {
        this.rule = rule;
    }

    /** Whether it is time for a measurement. */
    public boolean isDue(int iteration) {
        return rule.isUsed() && iteration % rule.every() == 0;
    }

    /**
     * Takes a measurement.
     *
     * @param parameters of the LoRA now
     * @return the smoothed gap
     */
    public double add(int iteration, double gap, float[] parameters) {
        gaps.add(new Gap(iteration, gap));
        double smoothed = smoothed(gaps.size() - 1);
        if (best() == gaps.size() - 1) {
            bestParameters = parameters;
        }
        return smoothed;
    }

    private double smoothed(int index) {
        double gap = gaps.get(index).gap();
        return index == 0 ? gap : (gap + gaps.get(index - 1).gap()) / 2;
    }

    /** The index of the smallest smoothed gap, the first of equal ones; -1 if there is none. */
    private int best() {
        int best = gaps.isEmpty() ? -1 : 0;
        for (int i = 1; i < gaps.size(); i++) {
            if (smoothed(i) < smoothed(best)) {
                best = i;
            }
        }
        return best;
    }

    /** Whether the training has learned enough. */
    public boolean isEnough() {
        int best = best();
        if (best < 0) {
            return false;
        }
        Double gapBelow = rule.gapBelow();
        boolean isSmall = gapBelow != null && smoothed(best) < gapBelow;
        int idle = gaps.get(gaps.size() - 1).iteration() - gaps.get(best).iteration();
        return isSmall || (rule.noBetterFor() > 0 && idle >= rule.noBetterFor());
    }

    /** Forgets measurements after an iteration that the training went back to; the best parameters stay good. */
    public void fallBack(int iteration) {
        gaps.removeIf(gap -> gap.iteration() > iteration);
    }

    /** The gaps measured so far, in order. */
    public List<Gap> gaps() {
        return List.copyOf(gaps);
    }

    /** The parameters of the smallest gap; null before the first measurement. */
    public float @Nullable [] bestParameters() {
        return bestParameters;
    }

    /** All that has to be known to go on later. */
    public GapState state() {
        return new GapState(gaps(), bestParameters);
    }

    /** Goes on where the watch that gave the state stood. */
    public void restore(GapState state) {
        gaps.clear();
        gaps.addAll(state.gaps());
        bestParameters = state.bestParameters();
    }
}
