package io.github.txt2lora.leco.quality;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraQuality.Band;
import io.github.txt2lora.LoraQuality.Recognition;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.leco.Teacher;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.NoiseBatches;
import io.github.txt2lora.leco.latents.NoisyBatch;
import io.github.txt2lora.leco.latents.StepContext;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.leco.latents.TeacherTrajectories;
import io.github.txt2lora.leco.lesson.HintedPrompt;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.TeacherTarget;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures gap and drift as {@link LoraQuality} defines them: the gap on trajectories to the goal, the drift at noise of
 * high timesteps, which determine the content of an image. No training uses these latents. They are the same for all
 * trainings over a model, and what the base model predicts for them is kept, so that a measurement costs one prediction
 * of each compared prompt.
 */
public final class QualityMeter {

    /** Far from the seeds of trainings. */
    private static final long SEED = 1_000_000;

    /** At lower timesteps, pure noise does not resemble the latents of an image. */
    private static final TimestepRange TIMESTEPS = TimestepRange.of(700, 999);

    /** Few, since they only compare LoRAs with each other and with none. */
    private static final int BATCHES = 2;

    private static final int BATCH_SIZE = 4;

    /** Trajectories that the gap is measured on, with a few steps in each band. */
    private static final LatentSource.Trajectories TRAJECTORIES = new LatentSource.Trajectories(4, 6, 5);

    /** Far from the seeds of trainings. */
    private static final long TRAJECTORY_SEED = 10_000_000;

    private static final List<TimestepRange> BANDS =
            List.of(TimestepRange.of(667, 999), TimestepRange.of(334, 666), TimestepRange.of(0, 333));

    /** Pairs that are measured, and prompts that each is measured for: more would take longer than many trainings. */
    private static final int MOST_MEASURED = 50;

    private final DenoisingModel model;
    private final NoiseBatches latents;
    private final Teacher teacher;
    private final List<HeldOut> lessons;
    private long work;

    /** Prompts whose predictions are compared. */
    private record HeldOut(PromptPair pair, TeacherTrajectories trajectories, Set<String> kept) {}

    /**
     * A meter for the LoRA that is attached to the model.
     *
     * @param training drift is measured for the prompts it preserves, and the neutral and unconditional ones; of more
     *     than 50 pairs that are taught, or preserved, 50 at even distances are measured
     */
    public QualityMeter(DenoisingModel model, Lessons training) {
        this.model = model;
        this.latents = new NoiseBatches(model, TIMESTEPS, SEED);
        this.teacher = new Teacher(model);
        List<PromptPair> preserved = evenly(training.preserved());
        this.lessons = evenly(training.taught()).stream()
                .map(pair -> heldOut(pair, preserved, training.targets()))
                .toList();
    }

    private HeldOut heldOut(PromptPair pair, List<PromptPair> preserved, Set<String> targets) {
        PromptPair measured = pair.toBuilder()
                .batchSize(BATCH_SIZE)
                .dynamicResolution(false)
                .dynamicCrops(false)
                .build();
        var trajectories = new TeacherTrajectories(
                model, TeacherTarget.of(pair), measured, TRAJECTORIES, TimestepRange.all(), TRAJECTORY_SEED);
        return new HeldOut(measured, trajectories, kept(pair, preserved, targets));
    }

    /** All pairs, or some of many, at even distances. */
    private static List<PromptPair> evenly(List<PromptPair> pairs) {
        return pairs.size() <= MOST_MEASURED
                ? pairs
                : IntStream.range(0, MOST_MEASURED)
                        .mapToObj(i -> pairs.get((int) ((long) i * pairs.size() / MOST_MEASURED)))
                        .toList();
    }

    private static Set<String> kept(PromptPair pair, List<PromptPair> preserved, Set<String> targets) {
        Set<String> kept = new LinkedHashSet<>(List.of(pair.neutral(), pair.unconditional()));
        preserved.forEach(other -> kept.add(other.target()));
        kept.removeAll(targets);
        return kept;
    }

    /** The gap now: 1 without a LoRA, 0 when nothing is left to learn. */
    public double gap() {
        return gap(BANDS.get(0));
    }

    /** The gap now in each band of timesteps. */
    public List<Band> bands() {
        return BANDS.stream().map(band -> new Band(band, gap(band))).toList();
    }

    private double gap(TimestepRange band) {
        return mean(
                lesson -> IntStream.range(0, TRAJECTORIES.steps())
                        .filter(step -> band.contains(lesson.trajectories().timestep(step)))
                        .mapToObj(step -> scope -> lesson.trajectories().step(scope, step)),
                (lesson, batch) -> {
                    String target = lesson.pair().target();
                    Map<String, NDArray> base = batch.base(List.of(target));
                    NDArray goal = batch.goal();
                    return new Ratio(
                            squaredDistance(batch.withLora(target), goal),
                            squaredDistance(Objects.requireNonNull(base.get(target)), goal));
                });
    }

    /** The drift now: 0 if prompts to keep are as without a LoRA. */
    public double drift() {
        return mean(this::noise, (lesson, batch) -> {
            List<String> prompts = new ArrayList<>(lesson.kept());
            prompts.add(lesson.pair().neutral());
            prompts.add(lesson.pair().positive());
            Map<String, NDArray> base = batch.base(prompts);
            double moved = 0;
            for (String prompt : lesson.kept()) {
                moved += squaredDistance(batch.withLora(prompt), Objects.requireNonNull(base.get(prompt)));
            }
            return new Ratio(
                    moved / Math.max(1, lesson.kept().size()),
                    squaredDistance(
                            Objects.requireNonNull(base.get(lesson.pair().neutral())),
                            Objects.requireNonNull(base.get(lesson.pair().positive()))));
        });
    }

    /**
     * In how many images the base model recognizes each target that is to show something.
     *
     * @param images of each target, 1 or more
     */
    public List<Recognition> recognitions(int images) {
        long before = model.denoiser().work();
        try {
            var recognition = new ImageRecognition(model);
            return lessons.stream()
                    .map(HeldOut::pair)
                    .filter(QualityMeter::isToBeRecognized)
                    .map(pair -> new Recognition(
                            pair.target(), HintedPrompt.words(pair.positive()), recognition.share(pair, images)))
                    .toList();
        } finally {
            work += model.denoiser().work() - before;
        }
    }

    /** What is erased has nothing to show. */
    public static boolean isToBeRecognized(PromptPair pair) {
        return pair.action() == PromptAction.ENHANCE && !pair.positive().equals(pair.neutral());
    }

    private Stream<Function<NDManager, NoisyBatch>> noise(HeldOut lesson) {
        return IntStream.range(0, BATCHES).mapToObj(number -> scope -> latents.batch(scope, lesson.pair(), number));
    }

    /**
     * Work of the network for all measurements so far, as {@link io.github.txt2lora.diffusion.Denoiser#work()} counts.
     */
    public long work() {
        return work;
    }

    /** Two sums whose quotient is measured. */
    private record Ratio(double above, double below) {

        Ratio plus(Ratio other) {
            return new Ratio(above + other.above, below + other.below);
        }

        /** False where the base model already predicts the goal. */
        boolean isDefined() {
            return below != 0;
        }
    }

    @FunctionalInterface
    private interface Comparison {
        Ratio of(HeldOut lesson, Batch batch);
    }

    /** The mean over the lessons that teach something; NaN without any. */
    private double mean(Function<HeldOut, Stream<Function<NDManager, NoisyBatch>>> heldOut, Comparison comparison) {
        long before = model.denoiser().work();
        try {
            return lessons.stream()
                    .map(lesson -> ratio(lesson, heldOut.apply(lesson).toList(), comparison))
                    .filter(Ratio::isDefined)
                    .mapToDouble(ratio -> ratio.above() / ratio.below())
                    .average()
                    .orElse(Double.NaN);
        } finally {
            work += model.denoiser().work() - before;
        }
    }

    private Ratio ratio(HeldOut lesson, List<Function<NDManager, NoisyBatch>> heldOut, Comparison comparison) {
        var sum = new Ratio(0, 0);
        for (Function<NDManager, NoisyBatch> latentsOf : heldOut) {
            try (NDManager scope = model.torch().newScope()) {
                var context = new StepContext(scope, new TorchGenerator(0), StepObserver.NONE);
                sum = sum.plus(comparison.of(lesson, new Batch(lesson, context, latentsOf.apply(scope))));
            }
        }
        return sum;
    }

    /** Latents to compare predictions at. */
    private final class Batch {

        private final HeldOut lesson;
        private final StepContext context;
        private final NoisyBatch noisy;

        Batch(HeldOut lesson, StepContext context, NoisyBatch noisy) {
            this.lesson = lesson;
            this.context = context;
            this.noisy = noisy;
        }

        NDArray goal() {
            return Objects.requireNonNull(noisy.goal());
        }

        Map<String, NDArray> base(List<String> prompts) {
            return teacher.predict(context, noisy, prompts);
        }

        NDArray withLora(String prompt) {
            NDManager scope = context.scope();
            return model.denoiser()
                    .predict(
                            scope,
                            noisy.latents(),
                            noisy.timesteps(),
                            model.embeddings().batch(scope, List.of(prompt), noisy.samples(), noisy.size()),
                            lesson.pair().multiplier());
        }
    }

    private static double squaredDistance(NDArray first, NDArray second) {
        return HostNumbers.scalar(first.sub(second).square().sum());
    }
}
