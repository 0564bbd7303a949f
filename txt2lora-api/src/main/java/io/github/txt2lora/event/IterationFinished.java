package io.github.txt2lora.event;

import java.time.Duration;

/**
 * An iteration is done. A slow listener receives only the newest of the waiting events of this kind.
 *
 * @param iteration its number, from 1
 * @param iterations requested iterations
 * @param loss mean squared error between the prediction and its goal
 * @param gradientNorm Euclidean norm of all gradients, before clipping
 * @param learningRate the learning rate of this iteration
 * @param iterationsPerSecond recent speed
 * @param remaining time to the end at that speed
 */
public record IterationFinished(
        int iteration,
        int iterations,
        double loss,
        double gradientNorm,
        double learningRate,
        double iterationsPerSecond,
        Duration remaining)
        implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onIteration(this);
    }
}
