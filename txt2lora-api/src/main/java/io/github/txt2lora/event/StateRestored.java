package io.github.txt2lora.event;

import java.nio.file.Path;

/**
 * The training resumes from where an earlier run of it stopped.
 *
 * @param file the state that it resumes from
 * @param iteration iterations already made
 */
public record StateRestored(Path file, int iteration) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onStateRestored(this);
    }
}
