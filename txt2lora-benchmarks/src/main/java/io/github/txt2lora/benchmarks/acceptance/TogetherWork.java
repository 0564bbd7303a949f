package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Several LoRAs one by one and together. */
final class TogetherWork implements StageWork {

    private static final double ALLOWED = 2e-2;

    @Override
    public Verdict run(AcceptanceOptions options, Path folder) throws Exception {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        try (TrainingEngine engine = TrainingEngine.open(options.engine().build())) {
            // what the base model predicts is then known to all that are measured
            engine.train(training(model, folder.resolve("first"), 0, options));
            long begin = System.nanoTime();
            List<TrainedLora> alone = trainings(model, folder.resolve("alone"), options).stream()
                    .map(engine::train)
                    .toList();
            double secondsAlone = (System.nanoTime() - begin) * 1e-9;
            begin = System.nanoTime();
            List<TrainedLora> together = new ArrayList<>();
            for (TrainingJob job : engine.startTogether(trainings(model, folder.resolve("together"), options))) {
                together.add(job.await());
            }
            double secondsTogether = (System.nanoTime() - begin) * 1e-9;
            double error = IntStream.range(0, alone.size())
                    .mapToDouble(i -> DemoTraining.lossError(together.get(i), alone.get(i)))
                    .max()
                    .orElse(0);
            return Verdict.of(
                    error <= ALLOWED,
                    "%d LoRAs: %.1f s one by one, %.1f s together (%.2f); losses differ by %.1e at most",
                    options.loras(),
                    secondsAlone,
                    secondsTogether,
                    secondsTogether / secondsAlone,
                    error);
        }
    }

    private static List<LoraTraining> trainings(ModelSource model, Path output, AcceptanceOptions options) {
        return IntStream.range(0, options.loras())
                .mapToObj(i -> training(model, output, i, options))
                .toList();
    }

    private static LoraTraining training(ModelSource model, Path output, int number, AcceptanceOptions options) {
        return DemoTraining.of(model, output, "lora" + number, options, Precision.FP32);
    }
}
