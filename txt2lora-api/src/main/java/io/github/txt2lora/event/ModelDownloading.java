package io.github.txt2lora.event;

import java.util.OptionalLong;

/**
 * The base model is being downloaded. When the listener is slow, only the newest of those that wait arrives.
 *
 * @param model the display name of its source
 * @param bytes bytes that are there, those of an earlier run included
 * @param total bytes of the whole file; empty while nobody knows
 */
public record ModelDownloading(String model, long bytes, OptionalLong total) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onModelDownloading(this);
    }
}
