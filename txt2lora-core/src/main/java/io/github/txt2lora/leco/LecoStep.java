package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.diffusion.Denoiser.LoraGradient;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.LatentDraw;
import io.github.txt2lora.leco.latents.NoisyBatch;
import io.github.txt2lora.leco.latents.NoisyLatents;
import io.github.txt2lora.leco.latents.StepContext;
import io.github.txt2lora.leco.lesson.Lesson;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.optimizer.LossScale;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.HostNumbers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * One comparison up to the gradient, made by a {@link TrainerGroup}: draw a lesson, get noisy latents, ask the teacher,
 * compare. In a joint step the same latents are compared for a prompt to keep too, in the same call of the network:
 *
 * <pre>
 * loss = mean (eps(target) - goal)^2 + weight * mean (eps(kept) - eps_base(kept))^2
 * </pre>
 */
final class LecoStep {

    private final DenoisingModel model;
    private final List<Lesson> lessons;
    private final TrainingSpec spec;
    private final NoisyLatents noisyLatents;
    private final Teacher teacher;
    private LossScale lossScale;

    LecoStep(DenoisingModel model, Lessons lessons, TrainingSpec spec) {
        lessons.pairs()
                .forEach(pair ->
                        LatentDraw.requireDrawable(pair, model.denoiser().latents()));
        this.model = model;
        this.lessons = lessons.drawn();
        this.spec = spec;
        this.noisyLatents = NoisyLatents.of(model, spec);
        this.teacher = new Teacher(model);
        this.lossScale = LossScale.initial(spec.modelUse().precision());
    }

    /**
     * Everything up to the comparison: draws a lesson, gets noisy latents, and asks the teacher. The context's scope
     * owns the result and all on the way.
     */
    Comparison prepare(StepContext context) {
        int number = (int) context.generator().randint(0, lessons.size());
        context.observer().onLesson(number);
        Lesson lesson = lessons.get(number);
        NoisyBatch batch = noisyLatents.next(context, lesson.pair());
        Lesson.Kept kept = drawKept(context, lesson);

        List<String> prompts = new ArrayList<>(lesson.goal().weights().keySet());
        if (kept != null) {
            prompts.add(kept.prompt());
        }
        Map<String, NDArray> predictions = teacher.predict(context, batch, prompts);
        NDArray goal = lesson.goal().goal(predictions, batch.latents());
        context.observer().onGoal(goal);
        String target = lesson.pair().target();
        double[] weights = weights(lesson, kept, batch);
        if (kept == null) {
            return new Comparison(
                    batch.latents(), batch.timesteps(), conditioning(context, batch, target), goal, weights);
        }
        return new Comparison(
                concat(batch.latents(), batch.latents()),
                twice(batch.timesteps()),
                conditioning(context, batch, target, kept.prompt()),
                concat(goal, Objects.requireNonNull(predictions.get(kept.prompt()))),
                weights);
    }

    private Conditioning conditioning(StepContext context, NoisyBatch batch, String... prompts) {
        return model.embeddings().batch(context.scope(), List.of(prompts), batch.samples(), batch.size());
    }

    private static Lesson.@Nullable Kept drawKept(StepContext context, Lesson lesson) {
        if (lesson.kept().isEmpty()) {
            return null;
        }
        return lesson.kept()
                .get((int) context.generator().randint(0, lesson.kept().size()));
    }

    /**
     * Factors on the squared error of each sample. The means of target and kept prompt are added, so each counts twice
     * in the mean of all.
     */
    private double @Nullable [] weights(Lesson lesson, Lesson.@Nullable Kept kept, NoisyBatch batch) {
        double pairWeight = lesson.pair().weight();
        if (kept == null && pairWeight == 1 && spec.method().lossWeighting() instanceof LossWeighting.Uniform) {
            return null;
        }
        DoubleStream ofTimesteps = Arrays.stream(batch.timesteps()).map(this::timestepWeight);
        if (kept == null) {
            return ofTimesteps.map(weight -> weight * pairWeight).toArray();
        }
        double[] each = ofTimesteps.toArray();
        double[] weights = twice(each);
        for (int i = 0; i < each.length; i++) {
            weights[i] *= 2 * pairWeight;
            weights[each.length + i] *= 2 * kept.weight();
        }
        return weights;
    }

    private double timestepWeight(double timestep) {
        if (spec.method().lossWeighting() instanceof LossWeighting.MinSnr minSnr) {
            return model.noiseProcess().minSnrWeight(timestep, minSnr.gamma());
        }
        return 1;
    }

    /** The gradient, with the LoRA that is attached. */
    LoraGradient compare(StepContext context, Comparison comparison) {
        LoraGradient result = gradient(context, comparison);
        while (shrinkScaleIfTooLarge(result)) {
            result = gradient(context, comparison);
        }
        finish(context, result);
        return result;
    }

    /**
     * Whether the comparison is to be made again with the smaller loss scale that there is now; a loss that is not
     * finite by itself is not the scale's fault.
     */
    boolean shrinkScaleIfTooLarge(LoraGradient result) {
        boolean isTooLarge = lossScale.canShrink() && Double.isFinite(result.loss()) && !isFinite(result);
        if (isTooLarge) {
            lossScale = lossScale.afterOverflow();
        }
        return isTooLarge;
    }

    /** Finishes the step once there is a gradient. */
    void finish(StepContext context, LoraGradient result) {
        lossScale = lossScale.afterStep(spec.modelUse().precision());
        context.observer().onStudent(result.prediction(), result.gradient());
    }

    private LoraGradient gradient(StepContext context, Comparison comparison) {
        return model.denoiser()
                .loraGradient(
                        context.scope(),
                        comparison.goal(),
                        lossScale.factor(),
                        comparison.sampleWeights(),
                        comparison.latents(),
                        comparison.timesteps(),
                        comparison.conditioning());
    }

    private static boolean isFinite(LoraGradient result) {
        return Float.isFinite(HostNumbers.scalar(result.gradient().norm()));
    }

    private static NDArray concat(NDArray first, NDArray second) {
        return NDArrays.concat(new NDList(first, second), 0);
    }

    private static double[] twice(double[] numbers) {
        return Collections.nCopies(2, numbers).stream()
                .flatMapToDouble(Arrays::stream)
                .toArray();
    }

    LossScale lossScale() {
        return lossScale;
    }

    void lossScale(LossScale newLossScale) {
        lossScale = newLossScale;
    }
}
