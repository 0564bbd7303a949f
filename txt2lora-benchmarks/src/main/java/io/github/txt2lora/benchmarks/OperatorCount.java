package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.internal.file.TemporaryFolder;
import io.github.txt2lora.leco.optimizer.Optimizer;
import io.github.txt2lora.lora.LoraModule;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Counts the operators of a training step in a network that has all layers of SDXL but is narrow: they are as many as in
 * the real one. Prints a Markdown table; with the argument {@code names}, also which kernels they are.
 */
final class OperatorCount {

    private static final int CONTEXT = 128;
    private static final int POOLED = 64;
    private static final int SIZES = 6;
    private static final int SIZE_WIDTH = 256;
    private static final int TOKENS = 77;
    private static final int SIDE = 8;
    private static final int SAMPLES = 2;
    private static final double TIMESTEP = 500;

    private static final SyntheticCheckpoint NARROW_SDXL = new SyntheticCheckpoint(
            new UNetShapes(
                    List.of(32, 64, 64),
                    2,
                    List.of(0, 2, 10),
                    10,
                    CONTEXT,
                    true,
                    OptionalInt.of(POOLED + SIZES * SIZE_WIDTH)),
            new VaeShapes(List.of(32, 32), 1),
            List.of(
                    new ClipShapes("conditioner.embedders.0.transformer.text_model.", 64, 1),
                    new OpenClipShapes("conditioner.embedders.1.model.", 64, 2, true)));

    private final Torch torch;
    private final Checkpoint checkpoint;
    private final boolean hasNames;

    private OperatorCount(Torch torch, Checkpoint checkpoint, boolean hasNames) {
        this.torch = torch;
        this.checkpoint = checkpoint;
        this.hasNames = hasNames;
    }

    /** Runs the benchmark. */
    public static void main(String[] args) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create("txt2lora-operators")) {
            Path file = folder.path().resolve("model.safetensors");
            NARROW_SDXL.write(file);
            try (Torch torch = Torch.start(
                            EngineOptions.builder().device(Device.cpu()).build());
                    Checkpoint checkpoint = Checkpoint.open(file)) {
                var count =
                        new OperatorCount(torch, checkpoint, Arrays.asList(args).contains("names"));
                System.out.println("| Step | Precision | LoRAs | Operators called | Kernels |\n|---|---|---|---|---|");
                for (Precision precision : Precision.values()) {
                    count.gradients(precision);
                }
                count.optimizers();
            }
        }
    }

    private void gradients(Precision precision) throws IOException {
        try (UNet unet = UNet.load(torch, checkpoint, precision);
                NDManager scope = torch.newScope()) {
            LoraParameters first = lora(scope, unet);
            LoraParameters second = lora(scope, unet);
            first.attachTo(unet, scope);
            Inputs inputs = new Inputs(scope);
            row("forward", precision, 1, () -> unet.predict(scope, inputs.latents, TIMESTEP, inputs.conditioning, 1));
            Runnable alone =
                    () -> unet.loraGradient(scope, inputs.target, 1, inputs.latents, TIMESTEP, inputs.conditioning);
            row("gradient", precision, 1, alone);
            unet.use(new MemoryUse(SAMPLES, true));
            row("gradient, recomputed", precision, 1, alone);
            unet.use(MemoryUse.FASTEST);
            LoraParameters.attachTogether(List.of(first, second), unet, scope);
            row(
                    "gradient",
                    precision,
                    2,
                    () -> unet.loraGradients(
                            scope,
                            inputs.target,
                            new double[] {1, 1},
                            new double[] {1, 1},
                            inputs.latents,
                            new double[] {TIMESTEP, TIMESTEP},
                            inputs.conditioning,
                            1));
        }
    }

    private void optimizers() throws IOException {
        try (UNet unet = UNet.load(torch, checkpoint, Precision.FP32);
                NDManager scope = torch.newScope()) {
            for (OptimizerSpec spec : List.of(
                    OptimizerSpec.muon(), OptimizerSpec.adamW(), OptimizerSpec.prodigy(), OptimizerSpec.adafactor())) {
                LoraParameters lora = lora(scope, unet);
                try (Optimizer optimizer = Optimizer.create(torch, spec, lora)) {
                    NDArray gradient = lora.vector().mul(0.1);
                    optimizer.step(scope, gradient, 1e-4);
                    row(
                            spec.getClass().getSimpleName(),
                            Precision.FP32,
                            1,
                            () -> optimizer.step(scope, gradient, 1e-4));
                }
            }
        }
    }

    private static LoraParameters lora(NDManager scope, UNet unet) {
        LoraSpec spec = LoraSpec.builder().rank(4).target(LoraTarget.FULL).build();
        List<LoraModule> modules = new UNetLoraRules().select(unet.weightShapes(), spec);
        return LoraParameters.initialize(scope, modules, spec, new TorchGenerator(0));
    }

    private void row(String step, Precision precision, int loras, Runnable task) throws IOException {
        task.run();
        OperatorTrace trace = OperatorTrace.of(task);
        System.out.printf(
                Locale.ROOT, "| %s | %s | %d | %,d | %,d |%n", step, precision, loras, trace.calls(), trace.kernels());
        if (hasNames) {
            trace.kernelsByName().entrySet().stream()
                    .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                    .forEach(entry -> System.out.println("    " + entry.getKey() + " " + entry.getValue()));
        }
    }

    /** Random samples. */
    private static final class Inputs {

        private final NDArray latents;
        private final NDArray target;
        private final Conditioning conditioning;

        Inputs(NDManager scope) {
            var generator = new TorchGenerator(1);
            this.latents = RandomTensors.normal(scope, generator, SAMPLES, 4, SIDE, SIDE);
            this.target = RandomTensors.normal(scope, generator, SAMPLES, 4, SIDE, SIDE);
            this.conditioning = new Conditioning(
                    RandomTensors.normal(scope, generator, SAMPLES, TOKENS, CONTEXT),
                    RandomTensors.normal(scope, generator, SAMPLES, POOLED),
                    RandomTensors.normal(scope, generator, SAMPLES, SIZES));
        }
    }
}
