package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * When a training stops, and whether it measures its result.
 *
 * @param rule rule for early stopping, {@link StopRule#never()} by default
 * @param measureQuality whether to measure gap and drift of the LoRA at the end, see {@link LoraQuality}; true by
 *     default
 */
public record StoppingSpec(StopRule rule, boolean measureQuality) {

    /** Rejects null. */
    public StoppingSpec {
        Check.given("rule", rule);
    }

    /** The defaults: makes all iterations and measures the result. */
    public static StoppingSpec defaults() {
        return new StoppingSpec(StopRule.never(), true);
    }

    /** Stops by a rule and measures the result. */
    public static StoppingSpec when(StopRule rule) {
        return defaults().withRule(rule);
    }

    /** A copy with another rule. */
    public StoppingSpec withRule(StopRule newRule) {
        return new StoppingSpec(newRule, measureQuality);
    }

    /** A copy with or without a measurement at the end. */
    public StoppingSpec withMeasureQuality(boolean newMeasureQuality) {
        return new StoppingSpec(rule, newMeasureQuality);
    }
}
