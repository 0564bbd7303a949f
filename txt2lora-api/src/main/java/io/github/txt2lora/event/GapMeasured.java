package io.github.txt2lora.event;

/**
 * The gap between the targets' predictions and their goals was measured; see {@link io.github.txt2lora.StopRule}.
 *
 * @param iteration iterations made
 * @param gap 1 without a LoRA, 0 when nothing is left to learn
 * @param smoothedGap the mean of this measurement and the one before, which the rule uses
 */
public record GapMeasured(int iteration, double gap, double smoothedGap) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onGap(this);
    }
}
