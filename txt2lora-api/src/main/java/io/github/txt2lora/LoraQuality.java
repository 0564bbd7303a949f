package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Excerpt;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The quality of a LoRA, measured by the UNet's predictions at latents that were not used for training.
 *
 * <p>The gap is measured on the way from noise to images of the goal, as a sampler takes it (see
 * {@link LatentSource.Trajectories}), in three bands of timesteps. The highest band determines the content of an image,
 * and its gap agrees best with what images show.
 *
 * @param gap mean squared error of the targets' predictions relative to the error without the LoRA, in the highest band:
 *     1 without effect, 0 when nothing is left to learn; NaN if no pair teaches a new meaning
 * @param bands the gap in each band of timesteps, from the highest to the lowest; empty if it was not measured
 * @param drift mean squared error of the predictions for prompts to preserve against the base model's at noise, relative
 *     to the squared difference of the base model's predictions for the neutral and the positive prompt: 0 if they are
 *     preserved, 1 if they move as far as the target is to move; NaN if no pair teaches a new meaning
 * @param driftAtStart drift before the first iteration: 0, unless the LoRA does not start as {@link LoraStart#ZERO}
 * @param recognitions in how many images the base model recognizes each target; empty unless
 *     {@link StoppingSpec#recognitionImages()} asks for it
 * @param gaps gaps measured during the training, in order
 */
public record LoraQuality(
        double gap,
        List<Band> bands,
        double drift,
        double driftAtStart,
        List<Recognition> recognitions,
        List<Gap> gaps) {

    /** Copies the lists. */
    public LoraQuality {
        bands = List.copyOf(bands);
        recognitions = List.copyOf(recognitions);
        gaps = List.copyOf(gaps);
    }

    /** Each target, or its start, with its share, for example {@code krnkmd 94 %, tyankmk 100 %}; empty without any. */
    public String recognized() {
        return recognitions.stream()
                .map(recognition -> String.format(
                        Locale.ROOT, "%s %.0f %%", Excerpt.of(recognition.target()), 100 * recognition.share()))
                .collect(Collectors.joining(", "));
    }

    /**
     * The gap in a band of timesteps.
     *
     * @param timesteps the band
     * @param gap as {@link LoraQuality#gap}
     */
    public record Band(TimestepRange timesteps, double gap) {}

    /**
     * How often the base model recognizes a target. Images are drawn with the LoRA and covered with noise again. The
     * base model, without the LoRA, predicts the noise once with the positive prompt and once with the neutral one; it
     * recognizes the target where the positive prompt brings the smaller error (Li et al., "Your Diffusion Model is
     * Secretly a Zero-Shot Classifier", arXiv 2303.16203). {@code docs/method.md} tells how well this agrees with what
     * images show.
     *
     * @param target of the pair, drawn at the strength of the LoRA that it is trained at
     * @param positive the prompt that it should be recognized as
     * @param share of the images, from 0 to 1
     */
    public record Recognition(String target, String positive, double share) {

        /** Rejects null. */
        public Recognition {
            Check.given("target", target);
            Check.given("positive", positive);
        }
    }

    /**
     * A gap measured during the training.
     *
     * @param iteration iterations made before the measurement
     * @param gap as {@link LoraQuality#gap}
     */
    public record Gap(int iteration, double gap) {}
}
