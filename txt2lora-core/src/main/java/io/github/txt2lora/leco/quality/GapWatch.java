package io.github.txt2lora.leco.quality;

import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.internal.job.GapHistory;
import io.github.txt2lora.internal.job.GapHistory.Smallest;
import io.github.txt2lora.leco.state.GapState;
import io.github.txt2lora.leco.state.GapState.Best;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the gaps that are measured when a training has learned enough, and keeps the parameters of the smallest
 * one.
 */
public final class GapWatch {

    private final GapHistory history;
    private @Nullable Best best;

    /** A watch that has seen nothing. */
    public GapWatch(StopRule rule) {
        this.history = new GapHistory(rule);
    }

    /** Whether it is time for a measurement, which an interruption may have left out. */
    public boolean isDue(int iteration) {
        return history.isDue(iteration);
    }

    /**
     * Takes a measurement.
     *
     * @param gap NaN if there is nothing to learn, which is never better than another
     * @param parameters of the LoRA now
     * @return the smoothed gap
     */
    public double add(int iteration, double gap, float[] parameters) {
        Smallest before = history.smallest();
        double smoothed = history.add(iteration, gap);
        if (!Objects.equals(history.smallest(), before)) {
            best = new Best(iteration, smoothed, parameters);
        }
        return smoothed;
    }

    /** Whether the training has learned enough. */
    public boolean isEnough() {
        return history.isEnough();
    }

    /** Forgets measurements after an iteration that the training went back to; the best one stays good. */
    public void fallBack(int iteration) {
        history.fallBack(iteration);
    }

    /** The gaps measured so far, in order. */
    public List<Gap> gaps() {
        return history.gaps();
    }

    /** The LoRA with the smallest gap; empty before the first measurement. */
    public Optional<Best> best() {
        return Optional.ofNullable(best);
    }

    /** The part of the state that a resumed training needs. */
    public GapState state() {
        return new GapState(gaps(), best);
    }

    /** Goes on where the watch that gave the state stood. */
    public void restore(GapState state) {
        best = state.best();
        history.restore(state.gaps(), best == null ? null : new Smallest(best.iteration(), best.smoothedGap()));
    }
}
