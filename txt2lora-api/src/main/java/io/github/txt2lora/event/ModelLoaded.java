package io.github.txt2lora.event;

import java.time.Duration;

/**
 * The base model is ready, either just loaded or kept from an earlier training.
 *
 * @param model the display name of its source
 * @param family its family, for example {@code Stable Diffusion 1.x}
 * @param duration the time it took to load; zero if it was kept
 */
public record ModelLoaded(String model, String family, Duration duration) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onModelLoaded(this);
    }
}
