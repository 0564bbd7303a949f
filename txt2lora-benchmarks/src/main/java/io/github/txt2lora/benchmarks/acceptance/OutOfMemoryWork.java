package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.nio.file.Path;

/**
 * A training for which memory does not suffice, and one that fits after it on the same engine. On a GPU something else
 * takes most of the memory meanwhile; on a CPU the process may have little, see {@link LittleMemory}.
 */
final class OutOfMemoryWork implements StageWork {

    @Override
    public Verdict run(AcceptanceOptions options, Path folder) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        try (TrainingEngine engine = TrainingEngine.open(options.engine().build())) {
            String large = largeInScarceMemory(options, engine, model, folder);
            TrainedLora small =
                    engine.train(DemoTraining.of(model, folder.resolve("small"), "krnkmd", options, Precision.FP32));
            return Verdict.of(
                    DemoTraining.isFinite(small) && !large.startsWith("memory sufficed"),
                    "%s; then a small training was made by the same engine",
                    large);
        }
    }

    @SuppressWarnings("try") // the memory is held, not used
    private static String largeInScarceMemory(
            AcceptanceOptions options, TrainingEngine engine, ModelSource model, Path folder) {
        try (var taken = options.isCpu() ? TakenMemory.none() : TakenMemory.ofGpu(options.device())) {
            return large(engine, model, folder, options.fullSize() ? 64 : 16);
        }
    }

    private static String large(TrainingEngine engine, ModelSource model, Path folder, int batchSize) {
        LoraTraining training = LoraTraining.builder()
                .name("large")
                .model(model)
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("maid uniform")
                        .neutral("1girl")
                        .resolution(512)
                        .batchSize(batchSize)
                        .build())
                .spec(TrainingSpec.builder()
                        .method(DemoTraining::quick)
                        .iterations(1)
                        .learningRate(1e-5)
                        .stopping(stopping -> stopping.withMeasureQuality(false))
                        .build())
                .output(folder.resolve("large"))
                .build();
        try {
            engine.train(training);
            return "512x512 pixels, batch size " + batchSize + ": trained in parts";
        } catch (TrainingFailedException e) {
            return "512x512 pixels, batch size " + batchSize + ": " + e.getMessage();
        }
    }
}
