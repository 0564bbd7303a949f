package io.github.txt2lora.spark;

import io.github.txt2lora.batch.LoraOutcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The outcomes of a task; the driver is told of each at once. */
final class Outcomes {

    private final Reporter reporter;
    private final BooleanSupplier killed;
    private final Map<String, Object> byKey = new LinkedHashMap<>();
    private boolean lost;

    /**
     * The outcomes before the start.
     *
     * @param killed whether Spark was asked to end the task
     */
    Outcomes(Reporter reporter, BooleanSupplier killed) {
        this.reporter = reporter;
        this.killed = killed;
    }

    /** No more is done for a LoRA; one that was interrupted because its process ends is the next executor's. */
    void end(String key, Object outcome) {
        if (isInterrupted(outcome) && !killed.getAsBoolean()) {
            lost = true;
            return;
        }
        byKey.put(key, outcome);
        reporter.tell(key, new Happening.Ended(outcome));
    }

    private static boolean isInterrupted(Object outcome) {
        return outcome instanceof LoraOutcome.Interrupted || outcome instanceof TrainingOutcome.Interrupted;
    }

    /** Whether another executor has to go on, as this one ends. */
    boolean areLost() {
        return lost;
    }

    boolean has(String key) {
        return byKey.containsKey(key);
    }

    Map<String, Object> all() {
        return byKey;
    }
}
