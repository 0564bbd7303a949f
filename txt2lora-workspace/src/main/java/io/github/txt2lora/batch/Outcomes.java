package io.github.txt2lora.batch;

import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.Txt2LoraException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The outcomes of the LoRAs of a batch so far. The listener is told of each end. */
final class Outcomes {

    private final ListenerCalls calls;
    private final Map<String, LoraOutcome> byName = new LinkedHashMap<>();
    private boolean anyInterrupted;

    /** The outcomes before the start. */
    Outcomes(List<String> names, ListenerCalls calls) {
        this.calls = calls;
        names.forEach(name -> byName.put(name, new LoraOutcome.Interrupted(name, false)));
    }

    /** No more is done for a LoRA. */
    void end(LoraOutcome outcome) {
        byName.put(outcome.name(), outcome);
        anyInterrupted |= outcome instanceof LoraOutcome.Interrupted;
        calls.onLoraEnded(outcome);
    }

    /** Does a part of the work for a LoRA, whose end it is if that fails. */
    void attempt(String name, Runnable part) {
        try {
            part.run();
        } catch (TrainingCancelledException e) {
            end(new LoraOutcome.Interrupted(name, true));
        } catch (Txt2LoraException e) {
            end(
                    Thread.currentThread().isInterrupted()
                            ? new LoraOutcome.Interrupted(name, true)
                            : new LoraOutcome.Failed(name, e));
        }
    }

    /** Whether the work for a LoRA was interrupted, so that no other is started. */
    boolean areInterrupted() {
        return anyInterrupted || Thread.currentThread().isInterrupted();
    }

    /** In the order of the names. */
    List<LoraOutcome> all() {
        return List.copyOf(byName.values());
    }
}
