package io.github.txt2lora;

import java.util.List;

/**
 * The quality of a LoRA as the network itself measures it: predictions are compared at noise that it was not trained
 * on, at timesteps from 700 to 999, where the content of an image is decided.
 *
 * @param gap the squared difference of the targets' predictions from their goals, divided by what it is without a LoRA:
 *     1 without, 0 when nothing is left to learn. NaN if no pair teaches anything.
 * @param drift the mean squared difference of predictions for prompts to keep from the base model's, divided by the
 *     squared difference of the base model's for the neutral and the positive prompt: 0 for a LoRA that preserves them,
 *     1 for one that moves them as far as the lesson moves the target. NaN if no pair teaches anything.
 * @param driftAtStart the drift before the first iteration: 0, unless the LoRA started in closed form
 * @param gaps the gaps that were measured during the training, in order
 */
public record LoraQuality(double gap, double drift, double driftAtStart, List<Gap> gaps) {

    /** Copies the list. */
    public LoraQuality {
        gaps = List.copyOf(gaps);
    }

    /**
     * A gap that was measured during the training.
     *
     * @param iteration after how many iterations
     * @param gap as {@link LoraQuality#gap}
     */
    public record Gap(int iteration, double gap) {}
}
