package io.github.txt2lora;

import java.time.Duration;
import java.util.Optional;

/**
 * The progress of a training at one moment.
 *
 * @param iteration iterations made, 0 to {@code iterations}
 * @param iterations requested iterations
 * @param loss mean squared error of the last iteration; NaN before the first one
 * @param iterationsPerSecond recent speed; 0 while unknown
 * @param remaining time to the end at that speed; empty while unknown
 */
public record TrainingProgress(
        int iteration, int iterations, double loss, double iterationsPerSecond, Optional<Duration> remaining) {

    /** The fraction of iterations done, 0 to 1. */
    public double fraction() {
        return iterations == 0 ? 0 : (double) iteration / iterations;
    }
}
