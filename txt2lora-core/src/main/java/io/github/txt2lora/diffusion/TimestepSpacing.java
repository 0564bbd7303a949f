package io.github.txt2lora.diffusion;

/**
 * The spacing of the timesteps of a run over the 1000 timesteps of the training. The names are those of table 2 of
 * <a href="https://arxiv.org/abs/2305.08891">Common Diffusion Noise Schedules and Sample Steps are Flawed</a>.
 */
enum TimestepSpacing {
    /** Whole multiples of {@code 1000 / steps} from 0 upwards, plus an offset; never reaches the last timestep. */
    LEADING,
    /** Evenly from timestep 0 to timestep 999, both included. */
    LINSPACE,
    /** Whole multiples of {@code 1000 / steps} from the last timestep downwards; needed for zero terminal SNR. */
    TRAILING
}
