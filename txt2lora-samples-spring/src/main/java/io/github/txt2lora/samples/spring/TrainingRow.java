package io.github.txt2lora.samples.spring;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.data.annotation.Id;

/**
 * A training in the database. It is written before the engine hears of the training, and has ended only when
 * {@code endedAt} is set: what has not ended goes on when the service starts again.
 *
 * @param id its number; null until the database has given one
 * @param name the LoRA's name
 * @param look the tags that the name shall mean
 * @param neutral what is drawn without the look
 * @param orderedIterations iterations that the client asked for, if it did
 * @param state as the last event told it
 * @param iteration iterations made when it was last written
 * @param iterations all iterations
 * @param savedIteration iterations in the newest state on disk
 * @param resumedFrom iterations that were there when the training last resumed from a state
 * @param cancel how a client asked it to end, if one did
 * @param paused whether a client paused it
 * @param reason why it failed
 * @param queuedAt time of the order
 * @param endedAt time of its end
 */
record TrainingRow(
        @Id @Nullable Long id,
        String name,
        String look,
        String neutral,
        @Nullable Integer orderedIterations,
        JobState state,
        int iteration,
        int iterations,
        @Nullable Integer savedIteration,
        @Nullable Integer resumedFrom,
        @Nullable CancelMode cancel,
        boolean paused,
        @Nullable String reason,
        Instant queuedAt,
        @Nullable Instant endedAt) {

    static TrainingRow queued(TrainingOrder order, int iterations, Instant now) {
        return new TrainingRow(
                null,
                order.name(),
                order.look(),
                order.neutralOrUsual(),
                order.iterations(),
                JobState.QUEUED,
                0,
                iterations,
                null,
                null,
                null,
                false,
                null,
                now,
                null);
    }

    /** The order that it was made of. */
    TrainingOrder order() {
        return new TrainingOrder(name, look, neutral, orderedIterations, true);
    }
}
