package io.github.txt2lora.event;

import io.github.txt2lora.Txt2LoraException;

/**
 * The training failed. No event follows.
 *
 * @param failure cause; the exception that the job throws
 */
public record TrainingFailed(Txt2LoraException failure) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onFailed(this);
    }
}
