package io.github.txt2lora.leco.state;

import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.leco.quality.GapWatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The measurements of a {@link GapWatch} so far.
 *
 * @param gaps in order
 * @param best the smallest; null before the first measurement
 */
public record GapState(List<Gap> gaps, @Nullable Best best) {

    /** Nothing. */
    static final GapState NONE = new GapState(List.of(), null);

    /** Copies the list. */
    public GapState {
        gaps = List.copyOf(gaps);
    }

    /**
     * The smallest gap, which may be one that the training went back from.
     *
     * @param iteration after how many iterations
     * @param smoothedGap the mean of this and the measurement before
     * @param parameters of the LoRA then
     */
    @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
    public record Best(int iteration, double smoothedGap, float[] parameters) {}
}
