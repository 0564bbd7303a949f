package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * When a training stops, and what it measures of its result.
 *
 * @param rule rule for early stopping, {@link StopRule#never()} by default
 * @param measureQuality whether to measure gap and drift of the LoRA at the end, see {@link LoraQuality}; true by
 *     default
 * @param recognitionImages images of each target that are drawn at the end, for the share in which the base model
 *     recognizes it, see {@link LoraQuality.Recognition}; 0, the default, draws none
 */
public record StoppingSpec(StopRule rule, boolean measureQuality, int recognitionImages) {

    /**
     * Checks the values.
     *
     * @throws InvalidSettingException if {@code recognitionImages} is negative, or above 0 where quality is not measured
     */
    public StoppingSpec {
        Check.given("rule", rule);
        Check.atLeast("recognitionImages", recognitionImages, 0);
        if (recognitionImages > 0 && !measureQuality) {
            throw new InvalidSettingException("recognitionImages is " + recognitionImages
                    + ", but measureQuality is false; expected recognitionImages 0, or measureQuality true");
        }
    }

    /** The defaults: makes all iterations and measures gap and drift of the result. */
    public static StoppingSpec defaults() {
        return new StoppingSpec(StopRule.never(), true, 0);
    }

    /** Stops by a rule and measures gap and drift of the result. */
    public static StoppingSpec when(StopRule rule) {
        return defaults().withRule(rule);
    }

    /** A copy with another rule. */
    public StoppingSpec withRule(StopRule newRule) {
        return new StoppingSpec(newRule, measureQuality, recognitionImages);
    }

    /**
     * A copy with or without a measurement at the end.
     *
     * @throws InvalidSettingException if it is turned off where images are to be recognized
     */
    public StoppingSpec withMeasureQuality(boolean newMeasureQuality) {
        return new StoppingSpec(rule, newMeasureQuality, recognitionImages);
    }

    /**
     * A copy with another number of images in which targets are recognized. 16 take 352 evaluations of the network for
     * each target, about a tenth of what the default method takes for one.
     *
     * @throws InvalidSettingException if it is negative, or above 0 where quality is not measured
     */
    public StoppingSpec withRecognitionImages(int images) {
        return new StoppingSpec(rule, measureQuality, images);
    }
}
