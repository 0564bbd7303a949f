package io.github.txt2lora.ops;

import io.github.txt2lora.internal.Check;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * The measured cost of a training on a device, see {@link DeviceCheck}.
 *
 * @param training name of the LoRA
 * @param height height of the images, in pixels
 * @param width width of the images, in pixels
 * @param batchSize images in an iteration
 * @param peakBytes most memory in use: on a GPU that of the whole card, on the CPU that of the process; empty if the
 *     system does not tell
 * @param secondsPerIteration time of the second iteration
 * @param duration what that means for the whole training, with the samples of the base model that its method needs
 *     besides
 */
public record TrainingCost(
        String training,
        int height,
        int width,
        int batchSize,
        OptionalLong peakBytes,
        double secondsPerIteration,
        Duration duration) {

    /** Rejects null. */
    public TrainingCost {
        Check.given("training", training);
        Check.given("peakBytes", peakBytes);
        Check.given("duration", duration);
    }
}
