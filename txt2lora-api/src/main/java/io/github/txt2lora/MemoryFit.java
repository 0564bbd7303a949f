package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.Optional;

/**
 * Whether a training would fit into the memory of a device, in a precision and at a resolution.
 *
 * @param device the engine's device, such as {@code cpu} or {@code cuda:0}, or a size of graphics cards, such as
 *     {@code 8 GiB}
 * @param deviceBytes memory that the training can use there
 * @param precision of the model
 * @param resolution of the images, in pixels
 * @param bytes peak of memory; of the plan that saves most if none fits
 * @param plan how it fits; empty if it does not
 */
public record MemoryFit(
        String device, long deviceBytes, Precision precision, int resolution, long bytes, Optional<MemoryPlan> plan) {

    /** Rejects null. */
    public MemoryFit {
        Check.given("device", device);
        Check.given("precision", precision);
        Check.given("plan", plan);
    }
}
