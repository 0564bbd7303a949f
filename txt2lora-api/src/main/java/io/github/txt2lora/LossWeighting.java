package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/** How much the squared error at a timestep counts in the loss. */
public sealed interface LossWeighting {

    /** All timesteps count alike, as in LECO. */
    static Uniform uniform() {
        return new Uniform();
    }

    /** {@link MinSnr} with the paper's gamma, 5. */
    static MinSnr minSnr() {
        return new MinSnr(5);
    }

    /** All timesteps count alike. */
    record Uniform() implements LossWeighting {}

    /**
     * Timesteps with little noise count less: {@code min(snr, gamma) / snr} for epsilon and
     * {@code min(snr, gamma) / (snr + 1)} for v (Hang et al., arXiv 2303.09556).
     *
     * @param gamma the largest signal-to-noise ratio that counts in full, greater than 0
     */
    record MinSnr(double gamma) implements LossWeighting {

        /** Checks gamma. */
        public MinSnr {
            Check.positive("gamma", gamma);
        }
    }
}
