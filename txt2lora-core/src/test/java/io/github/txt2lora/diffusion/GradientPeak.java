package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.lora.LoraModule;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Prints by how many bytes a pass with gradient raises the process's peak of memory, and what is estimated. */
final class GradientPeak {

    private static final int SAMPLES = 2;
    private static final int SIDE = 64;
    private static final int TOKENS = 77;
    private static final int RANK = 4;

    private GradientPeak() {}

    /**
     * Measures in this JVM.
     *
     * @param args the number format
     */
    public static void main(String[] args) throws IOException {
        Precision precision = Precision.valueOf(args[0]);
        LoraSpec spec = LoraSpec.builder().target(LoraTarget.FULL).rank(RANK).build();
        var options = EngineOptions.builder().device(Device.cpu()).threads(1).build();
        try (Torch torch = Torch.start(options);
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny");
                UNet unet = UNet.load(torch, checkpoint, precision);
                NDManager scope = torch.newScope()) {
            List<LoraModule> modules = new UNetLoraRules().select(unet.weightShapes(), spec);
            LoraParameters.initialize(scope, modules, spec, new TorchGenerator(1))
                    .attachTo(unet, scope);
            NDArray small = normal(scope, 1, 8);
            unet.loraGradient(scope, small, 1, small, 500, conditioning(scope, unet, 1));
            NDArray latents = normal(scope, SAMPLES, SIDE);
            Conditioning conditioning = conditioning(scope, unet, SAMPLES);
            long before = resident();
            unet.loraGradient(scope, latents, 1, latents, 500, conditioning);
            var memory = new UNetMemory(
                    checkpoint.unet(), modules.stream().collect(Collectors.toMap(LoraModule::name, module -> RANK)));
            int numberBytes = precision == Precision.FP32 ? Float.BYTES : Short.BYTES;
            long estimate = (long) (SAMPLES * numberBytes * memory.gradient(SIDE, SIDE, false));
            System.out.println("measured " + (peak() - before) + " estimated " + estimate);
        }
    }

    private static NDArray normal(NDManager scope, int samples, int side) {
        var shape = new Shape(samples, 4, side, side);
        return scope.create(new TorchGenerator(0).normal(Math.toIntExact(shape.size())), shape);
    }

    private static Conditioning conditioning(NDManager scope, UNet unet, int samples) {
        long width = unet.weightShapes()
                .get("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight")
                .get(1);
        var shape = new Shape(samples, TOKENS, width);
        return new Conditioning(scope.create(new TorchGenerator(0).normal(Math.toIntExact(shape.size())), shape));
    }

    private static long resident() throws IOException {
        return status("VmRSS:");
    }

    private static long peak() throws IOException {
        return status("VmHWM:");
    }

    private static long status(String field) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(text -> text.startsWith(field))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
}
