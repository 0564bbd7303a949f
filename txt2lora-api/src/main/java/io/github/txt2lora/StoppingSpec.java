package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * When a training ends, and whether its result is measured.
 *
 * @param rule when the training ends before all iterations are made, {@link StopRule#never()} by default
 * @param measureQuality whether gap and drift of the LoRA are measured at the end, see {@link LoraQuality}; true by
 *     default
 */
public record StoppingSpec(StopRule rule, boolean measureQuality) {

    /** Rejects null. */
    public StoppingSpec {
        Check.given("rule", rule);
    }

    /** The defaults: all iterations are made, and the result is measured. */
    public static StoppingSpec defaults() {
        return new StoppingSpec(StopRule.never(), true);
    }

    /** The training ends by a rule, and the result is measured. */
    public static StoppingSpec when(StopRule rule) {
        return defaults().withRule(rule);
    }

    /** The same with another rule. */
    public StoppingSpec withRule(StopRule newRule) {
        return new StoppingSpec(newRule, measureQuality);
    }

    /** The same, with or without a measurement at the end. */
    public StoppingSpec withMeasureQuality(boolean newMeasureQuality) {
        return new StoppingSpec(rule, newMeasureQuality);
    }
}
