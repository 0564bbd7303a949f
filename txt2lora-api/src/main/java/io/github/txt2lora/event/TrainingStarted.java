package io.github.txt2lora.event;

import io.github.txt2lora.LoraTraining;

/**
 * A training left the queue.
 *
 * @param training the training
 */
public record TrainingStarted(LoraTraining training) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onStarted(this);
    }
}
