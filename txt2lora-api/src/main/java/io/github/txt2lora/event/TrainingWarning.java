package io.github.txt2lora.event;

/**
 * Something the user should know although the training goes on.
 *
 * @param message what was found and what can be done
 */
public record TrainingWarning(String message) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onWarning(this);
    }
}
