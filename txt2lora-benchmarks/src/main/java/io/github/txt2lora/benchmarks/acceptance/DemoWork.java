package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.nio.file.Path;

/** The same training on the device and on the CPU; on another number of threads where the device is the CPU. */
final class DemoWork implements StageWork {

    /** Rounding grows from step to step. */
    private static final double ALLOWED = 2e-2;

    @Override
    public Verdict run(AcceptanceOptions options, Path folder) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        EngineOptions cpu = EngineOptions.builder()
                .device(Device.cpu())
                .threads(options.isCpu() ? 1 : 0)
                .build();
        TrainedLora expected = train(cpu, model, folder.resolve("cpu"), options);
        TrainedLora measured = train(options.engine().build(), model, folder.resolve("device"), options);
        double error = DemoTraining.lossError(measured, expected);
        return Verdict.of(
                error <= ALLOWED,
                "losses differ by %.1e (at most %.0e) over %d iterations; %.1f s on %s, %.1f s on the CPU",
                error,
                ALLOWED,
                measured.iterations(),
                DemoTraining.seconds(measured),
                options.device(),
                DemoTraining.seconds(expected));
    }

    private static TrainedLora train(
            EngineOptions engineOptions, ModelSource model, Path output, AcceptanceOptions options) {
        try (TrainingEngine engine = TrainingEngine.open(engineOptions)) {
            return engine.train(DemoTraining.of(model, output, "krnkmd", options, Precision.FP32));
        }
    }
}
