package io.github.txt2lora.event;

/**
 * The training is paused.
 *
 * @param iteration iterations made
 */
public record TrainingPaused(int iteration) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onPaused(this);
    }
}
