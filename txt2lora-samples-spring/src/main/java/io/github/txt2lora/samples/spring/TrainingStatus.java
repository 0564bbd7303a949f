package io.github.txt2lora.samples.spring;

import io.github.txt2lora.JobState;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingProgress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The status of a training, for clients.
 *
 * @param id its number
 * @param name the LoRA's name
 * @param look the tags that the name shall mean
 * @param neutral what is drawn without the look
 * @param state state of the job
 * @param iteration iterations made so far
 * @param iterations iterations asked for
 * @param secondsLeft estimated time to the end; null if it is not known
 * @param savedIteration iterations in the state on disk, from which it would go on after a crash; null if there is none
 * @param resumedFrom iterations that were there when it last went on after a restart; null if it never did
 * @param cancelling whether a client asked it to end and it has not yet
 * @param reason why it failed; null if it did not
 * @param queuedAt time of the order
 * @param endedAt time of its end; null if it has not ended
 */
record TrainingStatus(
        long id,
        String name,
        String look,
        String neutral,
        JobState state,
        int iteration,
        int iterations,
        @Nullable Long secondsLeft,
        @Nullable Integer savedIteration,
        @Nullable Integer resumedFrom,
        boolean cancelling,
        @Nullable String reason,
        Instant queuedAt,
        @Nullable Instant endedAt) {

    /** Of a training that the engine does not know any more. */
    static TrainingStatus of(long id, TrainingRow row) {
        return of(id, row, row.state(), row.iteration(), row.iterations(), null);
    }

    /** Of one that it has: the job is newer than the row, but does not know of earlier runs before it goes on. */
    static TrainingStatus of(long id, TrainingRow row, TrainingJob job) {
        TrainingProgress progress = job.progress();
        return of(
                id,
                row,
                job.state(),
                progress.iteration() == 0 ? row.iteration() : progress.iteration(),
                progress.iterations(),
                progress.remaining().map(time -> time.toSeconds()).orElse(null));
    }

    private static TrainingStatus of(
            long id, TrainingRow row, JobState state, int iteration, int iterations, @Nullable Long secondsLeft) {
        return new TrainingStatus(
                id,
                row.name(),
                row.look(),
                row.neutral(),
                state,
                iteration,
                iterations,
                secondsLeft,
                row.savedIteration(),
                row.resumedFrom(),
                row.cancel() != null && !state.isTerminal(),
                row.reason(),
                row.queuedAt(),
                row.endedAt());
    }
}
