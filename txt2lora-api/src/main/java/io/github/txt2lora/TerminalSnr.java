package io.github.txt2lora;

/**
 * Whether a base model was trained to a terminal signal-to-noise ratio of zero, that is to pure noise (Lin et al., <a
 * href="https://arxiv.org/abs/2305.08891">arXiv 2305.08891</a>).
 */
public enum TerminalSnr {
    /**
     * The value that the model's file declares by a tensor {@code ztsnr}, or by the scheduler's configuration in a
     * folder. Without a declaration, {@link #ABOVE_ZERO}.
     */
    FROM_MODEL,
    /** Some signal at the last timestep, as in nearly all models, unless the file declares otherwise. */
    ABOVE_ZERO,
    /** Pure noise at the last timestep, unless the file declares otherwise. Such models predict v. */
    ZERO
}
