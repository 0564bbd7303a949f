package io.github.txt2lora.event;

import io.github.txt2lora.TrainedLora;

/**
 * All iterations were made and the LoRA was saved. No event follows.
 *
 * @param lora the result
 */
public record TrainingFinished(TrainedLora lora) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onFinished(this);
    }
}
