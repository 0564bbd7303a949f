package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * Settings for preserving other prompts, so that the character does not leak into every {@code 1girl}. The prompts to
 * preserve are those of {@link PromptPair#preserve}. With {@code automatic}, each pair that teaches a new meaning adds
 * its neutral, unconditional and positive prompt, six prompts that join the neutral prompt with a part of the positive
 * one, and the positive prompts of the other pairs.
 *
 * <p>With {@link KeptLatents#TRAJECTORIES}, several pairs that teach new meanings at one multiplier are learned side by
 * side. In two fifths of the iterations, the target of another pair of the same size and batch size is compared in place
 * of a prompt to preserve. Each pair counts as much less than the one whose target is nearest to its goal as its own is
 * farther, unless {@link LossWeighting#relative()} is set.
 *
 * @param joint whether each iteration adds as many samples of prompts to preserve to those of the pair that it teaches,
 *     all in one call of the UNet. Otherwise each iteration samples one of all pairs, including those to preserve, as
 *     LECO does.
 * @param automatic whether to derive prompts to preserve from the pairs; requires {@code joint}
 * @param weight factor on the loss of prompts to preserve, greater than 0; multiplied by the weight of each pair
 * @param latents latents at which prompts to preserve are compared; {@link KeptLatents#TRAJECTORIES} requires
 *     {@code joint}
 */
public record Preservation(boolean joint, boolean automatic, double weight, KeptLatents latents) {

    /**
     * Checks the components.
     *
     * @throws InvalidSettingException if the weight is not greater than 0, or {@code automatic} or trajectories are set
     *     without {@code joint}
     */
    public Preservation {
        Check.positive("weight", weight);
        Check.given("latents", latents);
        if (automatic && !joint) {
            throw InvalidSettingException.of("automatic", true, "joint too, or no prompts that are added");
        }
        if (latents == KeptLatents.TRAJECTORIES && !joint) {
            throw InvalidSettingException.of("latents", latents, "joint too, or SHARED latents");
        }
    }

    /** The default: joint steps that add prompts to preserve, compared on their own trajectories, with weight 3. */
    public static Preservation recommended() {
        return new Preservation(true, true, 3, KeptLatents.TRAJECTORIES);
    }

    /** Joint steps that add prompts to preserve, compared at the target's latents. */
    public static Preservation addingPrompts() {
        return new Preservation(true, true, 1, KeptLatents.SHARED);
    }

    /** Joint steps with the given pairs alone. Without a pair to preserve, nothing is preserved. */
    public static Preservation ofGiven() {
        return new Preservation(true, false, 1, KeptLatents.SHARED);
    }

    /** LECO's method: pairs to preserve are sampled like the others, and no prompts are added. */
    public static Preservation drawn() {
        return new Preservation(false, false, 1, KeptLatents.SHARED);
    }

    /**
     * A copy with another weight.
     *
     * @throws InvalidSettingException if it is not greater than 0
     */
    public Preservation withWeight(double newWeight) {
        return new Preservation(joint, automatic, newWeight, latents);
    }

    /**
     * A copy that compares at other latents.
     *
     * @throws InvalidSettingException if these are trajectories, and steps are not joint
     */
    public Preservation withLatents(KeptLatents newLatents) {
        return new Preservation(joint, automatic, weight, newLatents);
    }
}
