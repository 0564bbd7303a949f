package io.github.txt2lora;

import java.util.List;

/**
 * The quality of a LoRA, measured by the UNet's predictions at noise that was not used for training, at timesteps from
 * 700 to 999, which determine the content of an image.
 *
 * @param gap mean squared error of the targets' predictions relative to the error without the LoRA: 1 without effect, 0
 *     when nothing is left to learn; NaN if no pair teaches a new meaning
 * @param drift mean squared error of the predictions for prompts to preserve against the base model's, relative to the
 *     squared difference of the base model's predictions for the neutral and the positive prompt: 0 if they are
 *     preserved, 1 if they move as far as the target is to move; NaN if no pair teaches a new meaning
 * @param driftAtStart drift before the first iteration: 0, unless the LoRA starts as {@link LoraStart#CLOSED_FORM}
 * @param gaps gaps measured during the training, in order
 */
public record LoraQuality(double gap, double drift, double driftAtStart, List<Gap> gaps) {

    /** Copies the list. */
    public LoraQuality {
        gaps = List.copyOf(gaps);
    }

    /**
     * A gap measured during the training.
     *
     * @param iteration iterations made before the measurement
     * @param gap as {@link LoraQuality#gap}
     */
    public record Gap(int iteration, double gap) {}
}
