package io.github.txt2lora.event;

import java.nio.file.Path;

/**
 * A state to resume from is complete under its name.
 *
 * @param file the file
 * @param iteration iterations that it contains
 */
public record StateSaved(Path file, int iteration) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onStateSaved(this);
    }
}
