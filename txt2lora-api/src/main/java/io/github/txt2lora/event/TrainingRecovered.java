package io.github.txt2lora.event;

/**
 * A number was infinite or not a number, and the training goes on as its
 * {@link io.github.txt2lora.TrainingSpec#nonFinite()} says.
 *
 * @param iteration the iteration in which it appeared, from 1
 * @param found what was found
 * @param goesOnAfter iterations that the training has made now; the next one is one more
 * @param learningRateFactor what the learning rates of the schedule are multiplied by from now on
 */
public record TrainingRecovered(int iteration, String found, int goesOnAfter, double learningRateFactor)
        implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onRecovered(this);
    }
}
