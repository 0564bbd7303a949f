package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;

/** The weights of a pair's timesteps; see {@link LossWeighting.Relative}. */
public final class RelativeWeights {

    /** Part of the largest distance that is added to all: weights stay finite where nothing is to be learned. */
    private static final double FLOOR = 0.1;

    private static final LatentSource.Trajectories TRAJECTORIES = LatentSource.trajectories();

    private final double[] timesteps;
    private final double[] weights;

    private RelativeWeights(double[] timesteps, double[] weights) {
        this.timesteps = timesteps;
        this.weights = weights;
    }

    /** Measures the weights for a pair. */
    public static RelativeWeights measure(DenoisingModel model, PromptPair pair) {
        TeacherTrajectories trajectories =
                TrajectoryLatents.trajectories(model, pair, TRAJECTORIES, TimestepRange.all());
        double[] timesteps = new double[TRAJECTORIES.steps()];
        double[] toLearn = new double[timesteps.length];
        double look = 0;
        for (int step = 0; step < timesteps.length; step++) {
            timesteps[step] = trajectories.timestep(step);
            toLearn[step] = trajectories.distance(step, pair.target());
            look = Math.max(look, trajectories.distance(step, TeacherTrajectories.UNCONDITIONAL));
        }
        double[] weights = new double[timesteps.length];
        for (int step = 0; step < weights.length; step++) {
            weights[step] = look > 0 ? (1 + FLOOR) / (toLearn[step] / look + FLOOR) : 1;
        }
        return new RelativeWeights(timesteps, weights);
    }

    /**
     * Evaluations of the denoiser for each pair.
     *
     * @param source of the training's latents, which may sample the same trajectories anyway
     */
    public static double evaluations(LatentSource source) {
        int prompts = samplesThem(source) ? 1 : 1 + LatentsPlan.TEACHER_PROMPTS;
        return TeacherTrajectories.TOGETHER * (double) TRAJECTORIES.steps() * prompts;
    }

    /** Whether a source samples the trajectories that are measured. */
    static boolean samplesThem(LatentSource source) {
        return source instanceof LatentSource.Mixture mixture
                ? mixture.shares().stream().anyMatch(share -> samplesThem(share.source()))
                : source instanceof LatentSource.Trajectories trajectories
                        && trajectories.steps() == TRAJECTORIES.steps()
                        && trajectories.guidanceScale() == TRAJECTORIES.guidanceScale();
    }

    /**
     * The weight at a timestep, between those of the nearest ones that were measured.
     *
     * @param timestep 0 to 1000
     * @return greater than 0, 11 at most
     */
    public double at(double timestep) {
        int last = timesteps.length - 1;
        if (timestep >= timesteps[0]) {
            return weights[0];
        }
        for (int step = 1; step <= last; step++) {
            if (timestep >= timesteps[step]) {
                double share = (timestep - timesteps[step]) / (timesteps[step - 1] - timesteps[step]);
                return weights[step] + share * (weights[step - 1] - weights[step]);
            }
        }
        return weights[last];
    }
}
