package io.github.txt2lora.event;

import java.time.Duration;

/**
 * The base model is ready, be it just loaded or kept from an earlier training.
 *
 * @param model the display name of its source
 * @param family what it is, for example {@code SD 1.x}
 * @param duration how long loading took; zero if it was kept
 */
public record ModelLoaded(String model, String family, Duration duration) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onModelLoaded(this);
    }
}
