package io.github.txt2lora.leco.estimate;

import io.github.txt2lora.KeptLatents;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.leco.LearningRateFinder;
import io.github.txt2lora.leco.Rehearsal;
import io.github.txt2lora.leco.hint.HintLearner;
import io.github.txt2lora.leco.latents.KeptTrajectories;
import io.github.txt2lora.leco.latents.LatentsPlan;
import io.github.txt2lora.leco.latents.PairBalance;
import io.github.txt2lora.leco.latents.RelativeWeights;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.quality.ImageRecognition;
import io.github.txt2lora.leco.quality.QualityMeter;
import java.util.List;
import java.util.Set;

/**
 * The work of a training, in forward evaluations of the denoiser for each image of a batch; a backward pass counts as
 * two.
 *
 * @param evaluations of the whole training, at the most
 * @param comparedSamples that go through the network with a gradient, in each iteration
 */
record MethodWork(double evaluations, double comparedSamples) {

    private static final int FORWARD_AND_BACKWARD = 3;

    /** The work of a training on one model. */
    public static MethodWork of(TrainingSpec spec, List<PromptPair> prompts) {
        return of(spec, prompts, 1);
    }

    /** The work of a training on so many models, each of which has trajectories and predictions of its own. */
    public static MethodWork of(TrainingSpec spec, List<PromptPair> prompts, int models) {
        LatentsPlan latents = LatentsPlan.of(spec.method().latents());
        double steps = (double) spec.iterationsFor(prompts, models) * spec.gradientAccumulationSteps();
        double compared = latents.states() * (spec.method().preservation().joint() ? 2 : 1);
        double taught = prompts.stream().filter(pair -> !pair.preserves()).count();
        Lessons lessons = Lessons.of(prompts, spec.method());
        boolean onTrajectories = spec.method().preservation().latents() == KeptLatents.TRAJECTORIES;
        double rehearsed = onTrajectories && taught > 0 ? Rehearsal.share(lessons.drawn()) : 0;
        double drawn = steps * (1 + rehearsed);
        double evaluations = models * latents.evaluations().applyAsDouble(drawn / models, Math.max(1, taught));
        if (onTrajectories && taught > 1) {
            evaluations +=
                    models * taught * PairBalance.evaluations(spec.method().latents());
        }
        if (onTrajectories) {
            Set<String> kept = lessons.kept();
            int neutral = (int) prompts.stream()
                    .map(PromptPair::neutral)
                    .distinct()
                    .filter(kept::contains)
                    .count();
            evaluations += models * KeptTrajectories.evaluations(neutral, kept.size() - neutral);
        }
        if (spec.method().lossWeighting() instanceof LossWeighting.Relative) {
            evaluations +=
                    models * taught * RelativeWeights.evaluations(spec.method().latents());
        }
        if (spec.learningRate().isEmpty() && steps > 0) {
            evaluations += LearningRateFinder.COMPARISONS * compared * FORWARD_AND_BACKWARD;
        }
        evaluations += prompts.stream()
                .filter(pair -> !pair.pictures().isEmpty())
                .mapToDouble(pair -> HintLearner.evaluations(pair.pictures().size()) / pair.batchSize())
                .sum();
        int images = spec.stopping().recognitionImages();
        evaluations += prompts.stream()
                .filter(pair -> !pair.preserves() && QualityMeter.isToBeRecognized(pair))
                .mapToDouble(pair -> models * ImageRecognition.evaluations(images) / pair.batchSize())
                .sum();
        return new MethodWork(evaluations + steps * compared * FORWARD_AND_BACKWARD, compared);
    }
}
