package io.github.txt2lora.batch;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What came of a batch.
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

    /** Whether the batch was interrupted before its end. */
    public boolean isInterrupted() {
        return outcomes.stream().anyMatch(LoraOutcome.Interrupted.class::isInstance);
    }

    /** Whether every LoRA is finished, now or from earlier. */
    public boolean isComplete() {
        return failures().isEmpty() && !isInterrupted();
    }
}
