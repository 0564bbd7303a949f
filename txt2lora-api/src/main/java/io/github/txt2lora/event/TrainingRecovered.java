package io.github.txt2lora.event;

/**
 * A number was non-finite, and the training continues as its
 * {@link io.github.txt2lora.TrainingSpec#nonFinitePolicy()} says.
 *
 * @param iteration the iteration in which it appeared, from 1
 * @param found description of the non-finite number
 * @param resumesAfter iterations that are kept; the training continues with the next one
 * @param learningRateFactor factor on the learning rates of the schedule from now on
 */
public record TrainingRecovered(int iteration, String found, int resumesAfter, double learningRateFactor)
        implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onRecovered(this);
    }
}
