package io.github.txt2lora.internal.job;

import io.github.txt2lora.event.TrainingEvent;

/** Is told when a listener threw something, which is then forgotten. */
@FunctionalInterface
public interface ListenerFailure {

    /** Logs it. */
    void report(TrainingEvent event, Throwable failure);
}
