package io.github.txt2lora;

/**
 * Whether a base model was trained down to a signal-to-noise ratio of zero, that is up to pure noise, as far as the
 * user says (Lin et al., <a href="https://arxiv.org/abs/2305.08891">arXiv 2305.08891</a>).
 */
public enum TerminalSnr {
    /**
     * What the model's file says: a tensor {@code ztsnr}, or the scheduler's configuration in a folder. Where it says
     * nothing, {@link #ABOVE_ZERO}.
     */
    FROM_MODEL,
    /** A little signal is left at the last time step, if the file does not say otherwise: nearly all models. */
    ABOVE_ZERO,
    /** Pure noise at the last time step, if the file does not say otherwise; such models predict v. */
    ZERO
}
