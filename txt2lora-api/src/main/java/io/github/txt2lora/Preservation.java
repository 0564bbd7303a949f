package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * How a training keeps what other prompts draw, so that the character does not come into every {@code 1girl}. Prompts to
 * keep are those of {@link PromptPair#preserve} and, if they are added {@code automatically}, for each pair that teaches
 * something its neutral, unconditional and positive prompt, and the positive prompts of the other pairs.
 *
 * @param joint whether each iteration compares, besides the pair that it teaches, as many samples of prompts to keep,
 *     all in one call of the network. Otherwise each iteration draws one of all pairs, those to keep included, as LECO
 *     does.
 * @param automatic whether prompts are added; only with {@code joint}
 * @param weight what the loss of prompts to keep is multiplied by, greater than 0, besides the weight of each pair
 */
public record Preservation(boolean joint, boolean automatic, double weight) {

    /**
     * Checks the components.
     *
     * @throws InvalidSettingException if the weight is not greater than 0, or prompts are to be added without
     *     {@code joint}
     */
    public Preservation {
        Check.positive("weight", weight);
        if (automatic && !joint) {
            throw InvalidSettingException.of("automatic", true, "joint too, or no prompts that are added");
        }
    }

    /** Joint steps with prompts that are added. */
    public static Preservation addingPrompts() {
        return new Preservation(true, true, 1);
    }

    /** Joint steps with the pairs that are given alone; without any, nothing is kept. */
    public static Preservation ofGiven() {
        return new Preservation(true, false, 1);
    }

    /** LECO's: pairs to keep are drawn like any others, and none is added. */
    public static Preservation drawn() {
        return new Preservation(false, false, 1);
    }

    /**
     * The same with another weight.
     *
     * @throws InvalidSettingException if it is not greater than 0
     */
    public Preservation withWeight(double newWeight) {
        return new Preservation(joint, automatic, newWeight);
    }
}
