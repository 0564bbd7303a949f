package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.Memory;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.benchmarks.SmallModel;
import io.github.txt2lora.benchmarks.SyntheticCheckpoint;
import java.nio.file.Path;

/** Iterations on a model with the shapes of SDXL and random weights, written on the spot, recomputed. */
final class SdxlWork implements StageWork {

    private static final int ITERATIONS = 3;

    @Override
    public Verdict run(AcceptanceOptions options, Path folder) throws Exception {
        Path file = folder.resolve("sdxl.safetensors");
        if (options.fullSize()) {
            SyntheticCheckpoint.SDXL.write(file);
        } else {
            SmallModel.TINY_SDXL.write(file);
        }
        try (TrainingEngine engine =
                TrainingEngine.open(options.engine().memory(Memory.SAVE).build())) {
            TrainedLora lora = engine.train(training(ModelSource.file(file), options.resolution(), folder));
            return Verdict.of(
                    DemoTraining.isFinite(lora),
                    "%d iterations of %dx%d pixels in BF16, recomputed, %.2f s each",
                    lora.iterations(),
                    options.resolution(),
                    options.resolution(),
                    DemoTraining.seconds(lora) / lora.iterations());
        }
    }

    private static LoraTraining training(ModelSource model, int resolution, Path output) {
        return LoraTraining.builder()
                .name("sdxl")
                .model(model)
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("short hair, maid uniform")
                        .neutral("1girl")
                        .resolution(resolution)
                        .build())
                .spec(TrainingSpec.builder()
                        .method(DemoTraining::quick)
                        .iterations(ITERATIONS)
                        .learningRate(1e-5)
                        .modelUse(use -> use.withPrecision(Precision.BF16))
                        .stopping(stopping -> stopping.withMeasureQuality(false))
                        .build())
                .output(output)
                .build();
    }
}
