package io.github.txt2lora.diffusion;

/** The samplers that can run a denoising process. */
public enum SchedulerKind {
    /** {@link DdimScheduler}. */
    DDIM("DDIM"),
    /** {@link DdpmScheduler}. */
    DDPM("DDPM"),
    /** {@link LmsScheduler}. */
    LMS("LMS"),
    /** {@link EulerScheduler}. */
    EULER("Euler"),
    /** {@link EulerAncestralScheduler}. */
    EULER_ANCESTRAL("Euler ancestral"),
    /** {@link DpmSolverPlusPlusScheduler}. */
    DPM_SOLVER_PLUS_PLUS("DPM-Solver++"),
    /** {@link UniPcScheduler}. */
    UNI_PC("UniPC");

    private final String displayName;

    SchedulerKind(String displayName) {
        this.displayName = displayName;
    }

    /** Whether the sampler works on noise levels (sigmas), and not directly on the cumulated alphas of timesteps. */
    boolean usesSigmas() {
        return this != DDIM && this != DDPM;
    }

    /** Whether the sampler can clip its estimate of the noise-free sample. */
    boolean canClip() {
        return !usesSigmas();
    }

    /** Whether the sampler can use the noise levels of Karras et al. */
    boolean canUseKarrasSigmas() {
        return usesSigmas() && this != EULER_ANCESTRAL;
    }

    /** The spacing that diffusers uses unless told otherwise. */
    TimestepSpacing defaultSpacing() {
        return usesSigmas() ? TimestepSpacing.LINSPACE : TimestepSpacing.LEADING;
    }

    @Override
    public String toString() {
        return displayName;
    }
}
