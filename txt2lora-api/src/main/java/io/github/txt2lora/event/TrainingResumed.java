package io.github.txt2lora.event;

/**
 * The training continues after a pause.
 *
 * @param iteration iterations made
 */
public record TrainingResumed(int iteration) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onResumed(this);
    }
}
