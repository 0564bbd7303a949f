package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The same training in each precision. */
final class PrecisionsWork implements StageWork {

    /** The mean of the first losses, of which the goals and the predictions are rounded to 16 bits. */
    private static final double ALLOWED = 0.2;

    @Override
    public Verdict run(AcceptanceOptions options, Path folder) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        Map<Precision, TrainedLora> trained = new EnumMap<>(Precision.class);
        try (TrainingEngine engine = TrainingEngine.open(options.engine().build())) {
            for (Precision precision : Precision.values()) {
                trained.put(
                        precision,
                        engine.train(DemoTraining.of(
                                model, folder.resolve(precision.name()), "krnkmd", options, precision)));
            }
        }
        double expected = Objects.requireNonNull(trained.get(Precision.FP32)).firstLoss();
        boolean passed = trained.values().stream()
                .allMatch(lora -> DemoTraining.isFinite(lora) && Math.abs(lora.firstLoss() / expected - 1) <= ALLOWED);
        return Verdict.of(
                passed,
                "%s",
                trained.entrySet().stream()
                        .map(entry -> String.format(
                                Locale.ROOT,
                                "%s: loss %.5f to %.5f, %.1f s",
                                entry.getKey(),
                                entry.getValue().firstLoss(),
                                entry.getValue().lastLoss(),
                                DemoTraining.seconds(entry.getValue())))
                        .collect(Collectors.joining("; ")));
    }
}
