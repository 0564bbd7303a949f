package io.github.txt2lora.event;

import java.nio.file.Path;

/**
 * A LoRA file is whole under its name, at the end or on the way.
 *
 * @param file the file
 * @param iteration iterations it holds
 */
public record LoraSaved(Path file, int iteration) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onSaved(this);
    }
}
