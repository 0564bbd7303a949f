package io.github.txt2lora.event;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The training was cancelled. No event follows.
 *
 * @param iteration iterations made
 * @param kept the LoRA, if it was kept
 */
public record TrainingCancelled(int iteration, Optional<Path> kept) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onCancelled(this);
    }
}
