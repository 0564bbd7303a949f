package io.github.txt2lora.batch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The outcome of a batch.
 *
 * @param outcomes one for each LoRA that was chosen, in the order in which they were chosen
 * @param duration from beginning to end
 * @param report the report in HTML; empty if it could not be written, which the log tells
 */
public record BatchResult(List<LoraOutcome> outcomes, Duration duration, Optional<Path> report) {

    /** Copies the list. */
    public BatchResult {
        outcomes = List.copyOf(outcomes);
    }

    /** The LoRAs that could not be made. */
    public List<LoraOutcome.Failed> failures() {
        return outcomes.stream()
                .filter(LoraOutcome.Failed.class::isInstance)
                .map(LoraOutcome.Failed.class::cast)
                .toList();
    }

    /** The number of LoRAs for each outcome, for people: {@code 3 of 4 finished (1 of them earlier), 1 failed}. */
    public String counts() {
        return counts(outcomes);
    }

    static String counts(List<LoraOutcome> outcomes) {
        long earlier = count(outcomes, LoraOutcome.Skipped.class);
        long finished = count(outcomes, LoraOutcome.Finished.class) + earlier;
        long interrupted = count(outcomes, LoraOutcome.Interrupted.class);
        return finished + " of " + outcomes.size() + " finished"
                + (earlier > 0 ? " (" + earlier + " of them earlier)" : "")
                + ", " + count(outcomes, LoraOutcome.Failed.class) + " failed"
                + (interrupted > 0 ? ", " + interrupted + " interrupted or not begun" : "");
    }

    private static long count(List<LoraOutcome> outcomes, Class<? extends LoraOutcome> kind) {
        return outcomes.stream().filter(kind::isInstance).count();
    }

    /** Whether the batch was interrupted before its end. */
    public boolean isInterrupted() {
        return outcomes.stream().anyMatch(LoraOutcome.Interrupted.class::isInstance);
    }

    /** Whether every LoRA is finished, now or from earlier. */
    public boolean isComplete() {
        return failures().isEmpty() && !isInterrupted();
    }
}
