package io.github.txt2lora.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.file.TemporaryFolder;
import io.github.txt2lora.torch.ProcessMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Trains two iterations, without the measurements around them, and prints the {@link PeakMemory} as one line of JSON.
 */
final class MeasuredMemory {

    private static final long BYTES_PER_MEBIBYTE = 1 << 20;
    private static final int ITERATIONS = 2;

    private MeasuredMemory() {}

    /**
     * Measures in this JVM.
     *
     * @param args a case as {@link MemoryCase#text()}, and the path of its checkpoint
     */
    public static void main(String[] args) throws IOException {
        MemoryCase memoryCase = MemoryCase.parse(args[0]);
        EngineOptions options = EngineOptions.builder()
                .device(Device.cpu())
                .memory(memoryCase.memory())
                .build();
        try (TemporaryFolder folder = TemporaryFolder.create("txt2lora-benchmark");
                TrainingEngine engine = TrainingEngine.open(options)) {
            List<LoraTraining> trainings = IntStream.range(0, memoryCase.together())
                    .mapToObj(i -> training(memoryCase, Path.of(args[1]), folder.path(), "lora" + i))
                    .toList();
            TrainingEstimate estimate = engine.estimate(trainings.get(0), trainings.size());
            double seconds = engine.startTogether(trainings).stream()
                    .map(TrainingJob::awaitOrSuspend)
                    .map(TrainedLora::duration)
                    .mapToDouble(Duration::toMillis)
                    .max()
                    .orElseThrow();
            System.out.println(new ObjectMapper()
                    .writeValueAsString(new PeakMemory(
                            estimate.memoryBytes() / BYTES_PER_MEBIBYTE,
                            ResidentMemory.required(ProcessMemory.PEAK),
                            estimate.memoryPlan().inWords(),
                            seconds * 1e-3)));
        }
    }

    private static LoraTraining training(MemoryCase memoryCase, Path file, Path folder, String name) {
        return LoraTraining.builder()
                .name(name)
                .model(ModelSource.file(file))
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("cat ears")
                        .neutral("1girl")
                        .resolution(memoryCase.resolution())
                        .batchSize(memoryCase.batchSize())
                        .build())
                .spec(spec(memoryCase))
                .output(folder)
                .build();
    }

    private static TrainingSpec spec(MemoryCase memoryCase) {
        return TrainingSpec.builder()
                .method(TrainingMethod.leco().withLatents(LatentSource.noise()))
                .iterations(ITERATIONS)
                .learningRate(1e-4)
                .stopping(stopping -> stopping.withMeasureQuality(false))
                .modelUse(use -> use.withPrecision(memoryCase.precision()))
                .lora(LoraSpec.builder()
                        .type(memoryCase.type())
                        .target(memoryCase.target())
                        .rank(memoryCase.rank())
                        .build())
                .build();
    }
}
