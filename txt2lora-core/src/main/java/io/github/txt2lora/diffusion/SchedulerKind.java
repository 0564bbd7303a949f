package io.github.txt2lora.diffusion;

import io.github.txt2lora.SchedulerType;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The methods that can run a denoising process, each with its class and the names that it goes by in the API. */
@SuppressWarnings("ImmutableEnumChecker") // constructors, and the lists of List.of
enum SchedulerKind {
    DDIM("DDIM", NoiseLevels.TRAINING, DdimScheduler::new, SchedulerType.DDIM),
    DDPM("DDPM", NoiseLevels.TRAINING, DdpmScheduler::new, SchedulerType.DDPM),
    LMS("LMS", NoiseLevels.ANY, LmsScheduler::new, SchedulerType.LMS),
    EULER("Euler", NoiseLevels.ANY, EulerScheduler::new, SchedulerType.EULER),
    EULER_ANCESTRAL("Euler ancestral", NoiseLevels.SPACED, EulerAncestralScheduler::new, SchedulerType.EULER_ANCESTRAL),
    DPM_SOLVER_PLUS_PLUS(
            "DPM-Solver++",
            NoiseLevels.ANY,
            DpmSolverPlusPlusScheduler::new,
            SchedulerType.DPMPP_2M,
            SchedulerType.DPMPP_2M_KARRAS),
    UNI_PC("UniPC", NoiseLevels.ANY, UniPcScheduler::new, SchedulerType.UNIPC);

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
    private final List<SchedulerType> types;

    SchedulerKind(
            String displayName,
            NoiseLevels levels,
            Function<SchedulerConfig, Scheduler> start,
            SchedulerType... types) {
        this.displayName = displayName;
        this.levels = levels;
        this.start = start;
        this.types = List.of(types);
    }

    /** The method behind a scheduler of the API. */
    static SchedulerKind of(SchedulerType type) {
        return Stream.of(values())
                .filter(kind -> kind.types.contains(type))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No scheduler draws as " + type));
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

    /** Whether the scheduler works on noise levels (sigmas), and not directly on the cumulated alphas of timesteps. */
    boolean usesSigmas() {
        return levels != NoiseLevels.TRAINING;
    }

    /** Whether the scheduler can clip its estimate of the noise-free sample. */
    boolean canClip() {
        return !usesSigmas();
    }

    /** Whether the scheduler can use the noise levels of Karras et al. */
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
