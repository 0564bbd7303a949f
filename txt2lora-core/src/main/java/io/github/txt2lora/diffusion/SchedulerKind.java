package io.github.txt2lora.diffusion;

import io.github.txt2lora.image.Sampler;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The methods that can run a denoising process, each with its class and the names that it goes by in the API. */
public enum SchedulerKind {
    DDIM("DDIM", NoiseLevels.TRAINING, DdimScheduler::new, Sampler.DDIM),
    DDPM("DDPM", NoiseLevels.TRAINING, DdpmScheduler::new, Sampler.DDPM),
    LMS("LMS", NoiseLevels.ANY, LmsScheduler::new, Sampler.LMS),
    EULER("Euler", NoiseLevels.ANY, EulerScheduler::new, Sampler.EULER),
    EULER_ANCESTRAL("Euler ancestral", NoiseLevels.SPACED, EulerAncestralScheduler::new, Sampler.EULER_ANCESTRAL),
    DPM_SOLVER_PLUS_PLUS(
            "DPM-Solver++",
            NoiseLevels.ANY,
            DpmSolverPlusPlusScheduler::new,
            Sampler.DPMPP_2M,
            Sampler.DPMPP_2M_KARRAS),
    UNI_PC("UniPC", NoiseLevels.ANY, UniPcScheduler::new, Sampler.UNIPC);

    private enum NoiseLevels {
        /** The cumulated alphas of the training's timesteps. */
        TRAINING,
        /** Sigmas at evenly spaced timesteps. */
        SPACED,
        /** Sigmas, also those of Karras et al. */
        ANY
    }

    private final String displayName;
    private final NoiseLevels levels;
    private final Function<SchedulerConfig, Scheduler> start;
    private final List<Sampler> samplers;

    SchedulerKind(
            String displayName, NoiseLevels levels, Function<SchedulerConfig, Scheduler> start, Sampler... samplers) {
        this.displayName = displayName;
        this.levels = levels;
        this.start = start;
        this.samplers = List.of(samplers);
    }

    /** The method behind a sampler of the API. */
    static SchedulerKind of(Sampler sampler) {
        return Stream.of(values())
                .filter(kind -> kind.samplers.contains(sampler))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No scheduler draws as " + sampler));
    }

    /** The names of the methods that can do something. */
    static String that(Predicate<SchedulerKind> can) {
        String names = String.join(
                ", ",
                Stream.of(values()).filter(can).map(SchedulerKind::toString).toList());
        return names.replaceFirst(", (?=[^,]*$)", " and ");
    }

    /** Starts a run. */
    Scheduler start(SchedulerConfig config) {
        return start.apply(config);
    }

    /** Whether the sampler works on noise levels (sigmas), and not directly on the cumulated alphas of timesteps. */
    boolean usesSigmas() {
        return levels != NoiseLevels.TRAINING;
    }

    /** Whether the sampler can clip its estimate of the noise-free sample. */
    boolean canClip() {
        return !usesSigmas();
    }

    /** Whether the sampler can use the noise levels of Karras et al. */
    boolean canUseKarrasSigmas() {
        return levels == NoiseLevels.ANY;
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
