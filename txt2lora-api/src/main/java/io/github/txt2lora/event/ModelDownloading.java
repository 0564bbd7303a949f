package io.github.txt2lora.event;

import java.util.OptionalLong;

/**
 * The base model is being downloaded. A slow listener receives only the newest of the waiting events of this kind.
 *
 * @param model the display name of its source
 * @param bytes downloaded bytes, including those of an earlier run
 * @param total size of the file in bytes; empty while unknown
 */
public record ModelDownloading(String model, long bytes, OptionalLong total) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onModelDownloading(this);
    }
}
