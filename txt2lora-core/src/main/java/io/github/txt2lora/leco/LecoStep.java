package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import io.github.txt2lora.KeptLatents;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.Denoiser.LoraGradient;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.KeptTrajectories;
import io.github.txt2lora.leco.latents.LatentDraw;
import io.github.txt2lora.leco.latents.NoisyBatch;
import io.github.txt2lora.leco.latents.NoisyLatents;
import io.github.txt2lora.leco.latents.PairBalance;
import io.github.txt2lora.leco.latents.StepContext;
import io.github.txt2lora.leco.lesson.Lesson;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.optimizer.LossScale;
import io.github.txt2lora.text.Conditioning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * One comparison up to the gradient, made by a {@link TrainerGroup}: draw a lesson, get noisy latents, ask the teacher,
 * compare. A joint step also compares latents for a prompt to keep, the same ones or some on that prompt's own way, in
 * the same call of the network:
 *
 * <pre>
 * loss = mean (eps(target) - goal)^2 + weight * mean (eps(kept) - eps_base(kept))^2
 * </pre>
 *
 * Where several targets are taught, the other half of a joint step is at times another target, with latents of its own:
 * what is learned for one must not undo another. Both predictions are made with the LoRA at the strength that the pair is
 * trained at.
 */
final class LecoStep {

    private final DenoisingModel model;
    private final List<Lesson> lessons;
    private final TrainingSpec spec;
    private final NoisyLatents noisyLatents;
    private final KeptTrajectories keptTrajectories;
    private final Teacher teacher;
    private final SampleWeights sampleWeights;
    private final PairBalance balance;
    private final Rehearsal rehearsal;
    private LossScale lossScale;

    LecoStep(DenoisingModel model, Lessons lessons, TrainingSpec spec) {
        lessons.pairs()
                .forEach(pair ->
                        LatentDraw.requireDrawable(pair, model.denoiser().latents()));
        this.model = model;
        this.lessons = lessons.drawn();
        this.spec = spec;
        this.noisyLatents = NoisyLatents.of(model, spec);
        this.keptTrajectories = new KeptTrajectories(model, spec.method().timesteps());
        this.teacher = new Teacher(model);
        this.sampleWeights = new SampleWeights(model, spec.method().lossWeighting());
        this.balance = new PairBalance(model, balanced());
        this.rehearsal = new Rehearsal(this.lessons, this::hasOwnTrajectory);
        this.lossScale = LossScale.initial(spec.modelUse().precision());
    }

    /** Relative errors are balanced by themselves. */
    private List<PromptPair> balanced() {
        return spec.method().lossWeighting() instanceof LossWeighting.Relative
                ? List.of()
                : lessons.stream()
                        .filter(this::hasOwnTrajectory)
                        .map(Lesson::pair)
                        .toList();
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
        Lesson rehearsed = rehearsal.draw(context.generator(), number);
        if (rehearsed != null) {
            Compared target = taught(context, lesson, batch);
            Compared other = taught(context, rehearsed, noisyLatents.next(context, rehearsed.pair()));
            context.observer().onGoal(target.goal());
            return joint(
                    context,
                    lesson,
                    batch,
                    target,
                    other,
                    concat(ofTarget(lesson, target.timesteps()), ofTarget(rehearsed, other.timesteps())));
        }
        Lesson.Kept kept = drawKept(context, lesson);

        boolean hasOwn = hasOwnTrajectory(lesson);
        List<String> prompts = goalPrompts(lesson, batch);
        if (kept != null && !hasOwn) {
            prompts.add(kept.prompt());
        }
        Map<String, NDArray> predictions = teacher.predict(context, batch, prompts);
        Compared target = taught(context, lesson, batch, predictions);
        context.observer().onGoal(target.goal());
        if (kept == null) {
            return new Comparison(
                    target.latents(),
                    target.timesteps(),
                    conditioning(context, batch, target.prompt()),
                    target.goal(),
                    weights(lesson, batch.timesteps()),
                    lesson.pair().multiplier());
        }
        Compared other = hasOwn
                ? onOwnTrajectory(context, lesson, kept)
                : new Compared(
                        batch.latents(),
                        batch.timesteps(),
                        kept.prompt(),
                        Objects.requireNonNull(predictions.get(kept.prompt())));
        return joint(
                context, lesson, batch, target, other, weights(lesson, kept, target.timesteps(), other.timesteps()));
    }

    /** Samples of one prompt in a comparison. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Compared(NDArray latents, double[] timesteps, String prompt, NDArray goal) {}

    private Comparison joint(
            StepContext context, Lesson lesson, NoisyBatch batch, Compared target, Compared other, double[] weights) {
        return new Comparison(
                concat(target.latents(), other.latents()),
                concat(target.timesteps(), other.timesteps()),
                conditioning(context, batch, target.prompt(), other.prompt()),
                concat(target.goal(), other.goal()),
                weights,
                lesson.pair().multiplier());
    }

    /** The prompts whose predictions make the goal, unless it came with the latents. */
    private static List<String> goalPrompts(Lesson lesson, NoisyBatch batch) {
        return new ArrayList<>(batch.goal() == null ? lesson.goal().weights().keySet() : Set.of());
    }

    private Compared taught(StepContext context, Lesson lesson, NoisyBatch batch) {
        return taught(context, lesson, batch, teacher.predict(context, batch, goalPrompts(lesson, batch)));
    }

    private Compared taught(StepContext context, Lesson lesson, NoisyBatch batch, Map<String, NDArray> predictions) {
        NDArray goal = batch.goal() != null ? batch.goal() : lesson.goal().goal(predictions, batch.latents());
        return new Compared(batch.latents(), batch.timesteps(), drawTargetPrompt(context, lesson), goal);
    }

    /** The target as it stands, or after the neutral prompt; of either, the goal is the same. */
    private String drawTargetPrompt(StepContext context, Lesson lesson) {
        return lesson.afterNeutral()
                .filter(prompt ->
                        context.generator().uniformDouble() < spec.method().afterNeutral())
                .orElse(lesson.pair().target());
    }

    private boolean hasOwnTrajectory(Lesson lesson) {
        return spec.method().preservation().latents() == KeptLatents.TRAJECTORIES
                && keptTrajectories.fit(lesson.pair());
    }

    private Compared onOwnTrajectory(StepContext context, Lesson lesson, Lesson.Kept kept) {
        KeptTrajectories.Kept own = keptTrajectories.next(context, lesson.pair(), kept.prompt());
        NoisyBatch batch = own.batch();
        return new Compared(batch.latents(), batch.timesteps(), own.prompt(), Objects.requireNonNull(batch.goal()));
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

    /** Factors on the squared error of each sample; null for 1. */
    private double @Nullable [] weights(Lesson lesson, double[] timesteps) {
        double pairWeight = lesson.pair().weight();
        return pairWeight == 1 && sampleWeights.areUniform()
                ? null
                : scaled(sampleWeights.ofTarget(lesson.pair(), timesteps), pairWeight);
    }

    /** The means of target and kept prompt are added, so each counts twice in the mean of all. */
    private double[] weights(Lesson lesson, Lesson.Kept kept, double[] ofTarget, double[] ofKept) {
        return concat(ofTarget(lesson, ofTarget), scaled(sampleWeights.ofKept(ofKept), 2 * kept.weight()));
    }

    private double[] ofTarget(Lesson lesson, double[] timesteps) {
        return scaled(
                sampleWeights.ofTarget(lesson.pair(), timesteps),
                2 * lesson.pair().weight() * balance.weight(lesson.pair()));
    }

    private static double[] scaled(double[] weights, double factor) {
        return Arrays.stream(weights).map(weight -> weight * factor).toArray();
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
        boolean isTooLarge = lossScale.canShrink() && Double.isFinite(result.loss()) && !Double.isFinite(result.norm());
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
                        comparison.conditioning(),
                        comparison.loraStrength());
    }

    private static NDArray concat(NDArray first, NDArray second) {
        return NDArrays.concat(new NDList(first, second), 0);
    }

    private static double[] concat(double[] first, double[] second) {
        return DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }

    /** The network that it is made with. */
    Denoiser denoiser() {
        return model.denoiser();
    }

    LossScale lossScale() {
        return lossScale;
    }

    void lossScale(LossScale newLossScale) {
        lossScale = newLossScale;
    }
}
