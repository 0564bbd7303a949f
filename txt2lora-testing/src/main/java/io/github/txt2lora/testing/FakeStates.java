package io.github.txt2lora.testing;

import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.internal.job.GapHistory.Smallest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The states of trainings of fake engines, in memory. One engine's states are gone with it; give them to the next
 * engine to play a program that is started again.
 */
public final class FakeStates {

    private final Map<Path, State> byFile = new ConcurrentHashMap<>();

    /** No states. */
    public FakeStates() {}

    /**
     * The state that a training resumes from.
     *
     * @param training without what a result does not depend on
     */
    record State(
            LoraTraining training,
            List<Double> losses,
            List<Gap> gaps,
            @Nullable Smallest smallest) {

        State {
            losses = List.copyOf(losses);
            gaps = List.copyOf(gaps);
        }

        /** Whether it is of a training that differs in the number of iterations at most. */
        boolean isOf(LoraTraining other) {
            return training.equals(identity(other));
        }
    }

    static LoraTraining identity(LoraTraining training) {
        return training.toBuilder()
                .spec(training.spec().toBuilder()
                        .iterations(Integer.MAX_VALUE)
                        .saving(saving -> saving.withEveryIterations(0)
                                .withStates(StateSpec.off())
                                .withTimestamp(Optional.empty()))
                        .build())
                .preview(PreviewSpec.off())
                .build();
    }

    Optional<State> find(LoraTraining training) {
        return Optional.ofNullable(byFile.get(key(training)));
    }

    void put(LoraTraining training, State state) {
        byFile.put(key(training), state);
    }

    void delete(LoraTraining training) {
        byFile.remove(key(training));
    }

    private static Path key(LoraTraining training) {
        return training.loraFile().toAbsolutePath().normalize();
    }
}
