package io.github.txt2lora.event;

import java.nio.file.Path;

/**
 * A LoRA file is complete under its name, at the end or at an intermediate iteration.
 *
 * @param file the file
 * @param iteration iterations that it contains
 */
public record LoraSaved(Path file, int iteration) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onSaved(this);
    }
}
