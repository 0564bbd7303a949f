package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What each of several pairs counts in a training's loss: as much less than the one nearest to its goal as it is farther
 * from its own. The gradient of a squared error grows with the error, and Adam's step sizes would follow the farthest pair
 * alone, so that the others would hardly be learned beside it.
 */
public final class PairBalance {

    private static final LatentSource.Trajectories TRAJECTORIES = LatentSource.trajectories();

    /** Steps of a trajectory from one that is measured to the next. */
    private static final int STRIDE = 2;

    private final DenoisingModel model;
    private final List<PromptPair> pairs;
    private @Nullable Map<PromptPair, Double> weights;

    /**
     * Measures when it is first asked.
     *
     * @param pairs those that are weighed against each other; those that are trained at another strength of the LoRA are
     *     not compared
     */
    public PairBalance(DenoisingModel model, List<PromptPair> pairs) {
        this.model = model;
        this.pairs = List.copyOf(pairs);
    }

    /** The factor on the errors of a pair, greater than 0, at most 1; 1 for a pair without others. */
    public double weight(PromptPair pair) {
        if (weights == null) {
            weights = measure();
        }
        return weights.getOrDefault(pair, 1.0);
    }

    private Map<PromptPair, Double> measure() {
        Map<PromptPair, Double> measured = new HashMap<>();
        pairs.stream().collect(Collectors.groupingBy(PromptPair::multiplier)).values().stream()
                .filter(compared -> compared.size() > 1)
                .forEach(compared -> measured.putAll(weights(compared)));
        return measured;
    }

    private Map<PromptPair, Double> weights(List<PromptPair> compared) {
        Map<PromptPair, Double> weights = new HashMap<>();
        compared.forEach(pair -> weights.put(pair, distance(pair)));
        double nearest = weights.values().stream()
                .filter(distance -> distance > 0)
                .min(Double::compare)
                .orElse(1.0);
        weights.replaceAll((pair, distance) -> distance > 0 ? nearest / distance : 1);
        return weights;
    }

    /** Distance of the base model's prediction for the target from the goal, the root of the mean square. */
    private double distance(PromptPair pair) {
        TeacherTrajectories trajectories =
                TrajectoryLatents.trajectories(model, pair, TRAJECTORIES, TimestepRange.all());
        return Math.sqrt(IntStream.range(0, TRAJECTORIES.steps())
                .filter(step -> step % STRIDE == 0)
                .mapToDouble(step -> trajectories.distance(step, pair.target()))
                .average()
                .orElseThrow());
    }

    /**
     * Evaluations of the denoiser for each pair.
     *
     * @param source of the training's latents, which may sample the same trajectories anyway
     */
    public static double evaluations(LatentSource source) {
        double sampled = RelativeWeights.samplesThem(source) ? 0 : LatentsPlan.TEACHER_PROMPTS;
        return TeacherTrajectories.TOGETHER * (double) TRAJECTORIES.steps() * (sampled + 1.0 / STRIDE);
    }
}
