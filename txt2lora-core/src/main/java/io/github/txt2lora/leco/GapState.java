package io.github.txt2lora.leco;

import io.github.txt2lora.LoraQuality.Gap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link GapWatch} has seen.
 *
 * @param gaps in order
 * @param bestParameters those of the smallest gap; null before the first measurement
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record GapState(List<Gap> gaps, float @Nullable [] bestParameters) {

    /** Nothing. */
    static final GapState NONE = new GapState(List.of(), null);

    /** Copies the list. */
    public GapState {
        gaps = List.copyOf(gaps);
    }
}
