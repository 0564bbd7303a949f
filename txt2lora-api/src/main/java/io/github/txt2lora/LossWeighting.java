package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.List;

/** The weight of the squared error at each timestep in the loss. */
public sealed interface LossWeighting {

    /** The same weight for all timesteps, as in LECO. */
    static Uniform uniform() {
        return new Uniform();
    }

    /** {@link MinSnr} with gamma 5, as in the paper. */
    static MinSnr minSnr() {
        return new MinSnr(5);
    }

    /** {@link Relative}, for a LoRA of several characters whose distances from their goals differ. */
    static Relative relative() {
        return new Relative();
    }

    /** A weighting of each kind with its defaults. */
    static List<LossWeighting> kinds() {
        return List.of(uniform(), minSnr(), relative());
    }

    /** The same weight for all timesteps. */
    record Uniform() implements LossWeighting {}

    /**
     * A lower weight for timesteps with little noise: {@code min(snr, gamma) / snr} for epsilon and
     * {@code min(snr, gamma) / (snr + 1)} for v (Hang et al., arXiv 2303.09556).
     *
     * @param gamma largest signal-to-noise ratio with full weight, greater than 0
     */
    record MinSnr(double gamma) implements LossWeighting {

        /** Checks gamma. */
        public MinSnr {
            Check.positive("gamma", gamma);
        }
    }

    /**
     * Weighs errors by what there is to learn, so that all timesteps count alike, those too that settle the color of
     * eyes, and so that of several characters none is drowned by another: {@code 1.1 / (d(t) / look + 0.1)}, greater
     * than 0 and 11 at most. Here {@code d(t)} is the mean squared distance of the goal from the base model's
     * prediction for the target at timestep {@code t}, and {@code look} the largest of its distances from the
     * unconditional prediction. Both are measured on four trajectories to the goal. This costs 160 evaluations of the
     * network for each pair, or 40 where {@link LatentSource#trajectories()} samples them anyway with its default steps and guidance. Prompts to preserve
     * are not weighted.
     */
    record Relative() implements LossWeighting {}
}
