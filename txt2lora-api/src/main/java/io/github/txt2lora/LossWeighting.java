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

    /** A weighting of each kind with its defaults. */
    static List<LossWeighting> kinds() {
        return List.of(uniform(), minSnr());
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
}
