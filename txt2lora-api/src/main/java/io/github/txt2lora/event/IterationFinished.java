package io.github.txt2lora.event;

import java.time.Duration;

/**
 * An iteration was made. When the listener is slow, only the newest of those that wait arrives.
 *
 * @param iteration its number, from 1
 * @param iterations iterations asked for
 * @param loss mean squared error between the prediction and its goal
 * @param gradientNorm Euclidean norm of all gradients, before it was limited
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
