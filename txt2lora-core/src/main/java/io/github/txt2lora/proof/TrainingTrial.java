package io.github.txt2lora.proof;

import io.github.txt2lora.KeptLatents;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.internal.file.TemporaryFolder;
import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.ops.TrainingCost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** The first iterations of a user's training, by the engine itself, for what they cost. */
final class TrainingTrial {

    /** The first one prepares libtorch. */
    private static final int ITERATIONS = 2;

    private static final double ANY_LEARNING_RATE = 1e-5;

    private static final String REMEDY = "Lower the resolution or the batch size, set precision BF16 or FP16, or close"
            + " other programs that use this device.";

    private final TrainingEngine engine;
    private final Supplier<OptionalLong> peak;

    /**
     * Trials on an engine.
     *
     * @param peak asks for the most memory in use so far
     */
    TrainingTrial(TrainingEngine engine, Supplier<OptionalLong> peak) {
        this.engine = engine;
        this.peak = peak;
    }

    /** Measures a training, or finds why it cannot be made. */
    void run(LoraTraining training, Findings findings, List<TrainingCost> costs) {
        findings.attempt("training of " + training.name(), REMEDY, () -> {
            TrainingCost cost = measure(training);
            costs.add(cost);
            findings.add(DeviceFinding.fact("training of " + training.name(), inWords(cost)));
        });
    }

    private static String inWords(TrainingCost cost) {
        double hours = cost.duration().toMillis() / 3.6e6;
        return String.format(
                Locale.ROOT,
                "%dx%d pixels, batch size %d: %.3g s an iteration, %s, peak memory %s",
                cost.width(),
                cost.height(),
                cost.batchSize(),
                cost.secondsPerIteration(),
                hours < 1
                        ? Math.max(1, Math.round(60 * hours)) + " min in all"
                        : String.format(Locale.ROOT, "%.1f h in all", hours),
                cost.peakBytes().isPresent() ? ByteSize.text(cost.peakBytes().getAsLong()) : "unknown");
    }

    private TrainingCost measure(LoraTraining training) {
        // first, since it downloads nothing
        double evaluations = engine.estimate(training, 1).evaluations();
        try (TemporaryFolder folder = TemporaryFolder.create("txt2lora-check")) {
            LoraTraining trial = trial(training, folder.path());
            var times = new Times();
            engine.train(trial, times);
            double seconds = times.secondsOfLast();
            // in these units the second iteration is half of the trial
            double unitsOfIteration = engine.estimate(trial, 1).evaluations() / ITERATIONS;
            double whole = evaluations / unitsOfIteration * seconds;
            PromptPair pair = trial.prompts().get(0);
            return new TrainingCost(
                    training.name(),
                    pair.height(),
                    pair.width(),
                    pair.batchSize(),
                    times.peak,
                    seconds,
                    Duration.ofMillis(Math.round(1000 * whole)));
        }
    }

    /** The largest pair, in iterations that need nothing to be computed first. */
    private static LoraTraining trial(LoraTraining training, Path folder) {
        PromptPair largest = training.prompts().stream()
                .filter(pair -> !pair.preserves())
                .max(Comparator.comparingLong(pair -> (long) pair.height() * pair.width() * pair.batchSize()))
                .orElse(training.prompts().get(0));
        TrainingSpec spec = training.spec().toBuilder()
                // the range first, which may leave noise out
                .method(method -> method.withTimesteps(TimestepRange.all())
                        .withLatents(LatentSource.noise())
                        .withLossWeighting(LossWeighting.uniform())
                        .withPreservation(method.preservation().withLatents(KeptLatents.SHARED))
                        .withStart(LoraStart.ZERO))
                .iterations(ITERATIONS)
                .learningRate(ANY_LEARNING_RATE)
                .warmupIterations(0)
                .saving(saving -> saving.withEveryIterations(0).withStates(StateSpec.off()))
                .stopping(stopping -> stopping.withRule(StopRule.never()).withMeasureQuality(false))
                .build();
        return training.toBuilder()
                .prompts(List.of(largest))
                .spec(spec)
                .output(folder)
                .build();
    }

    /** When iterations were done, and the memory then. */
    private final class Times implements TrainingListener {

        private long previousNanos;
        private long lastNanos;
        private double reportedSeconds;
        private OptionalLong peak = OptionalLong.empty();

        @Override
        public void onIteration(IterationFinished event) {
            previousNanos = event.iteration() == 1 ? System.nanoTime() : previousNanos;
            lastNanos = System.nanoTime();
            reportedSeconds = 1 / event.iterationsPerSecond();
            peak = TrainingTrial.this.peak.get();
        }

        /** The event of the first one is left out where they follow each other too fast. */
        double secondsOfLast() {
            return previousNanos == 0 ? reportedSeconds : (lastNanos - previousNanos) * 1e-9;
        }
    }
}
