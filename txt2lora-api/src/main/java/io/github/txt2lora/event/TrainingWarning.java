package io.github.txt2lora.event;

/**
 * A warning to the user; the training continues.
 *
 * @param message the finding and the remedy
 */
public record TrainingWarning(String message) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onWarning(this);
    }
}
