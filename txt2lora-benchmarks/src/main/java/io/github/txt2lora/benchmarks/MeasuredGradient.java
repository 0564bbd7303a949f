package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.ProcessMemory;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/** Makes one pass with gradient and prints the {@link GradientMeasurement} as one line of JSON. */
final class MeasuredGradient {

    private static final double TIMESTEP = 500;
    private static final int TOKENS = 77;
    private static final int SIZES = 6;
    private static final int SIZE_WIDTH = 256;
    private static final int RANK = 8;

    private MeasuredGradient() {}

    /**
     * Measures in this JVM.
     *
     * @param args the name of the {@link FullSizeModel}, the precision, the number of samples, the side in pixels,
     *     whether to recompute, and the path of the model's checkpoint
     */
    public static void main(String[] args) throws IOException {
        var model = FullSizeModel.valueOf(args[0]);
        var precision = Precision.valueOf(args[1]);
        int samples = Integer.parseInt(args[2]);
        int side = Integer.parseInt(args[3]);
        boolean isRecomputed = Boolean.parseBoolean(args[4]);
        try (Torch torch =
                        Torch.start(EngineOptions.builder().device(Device.cpu()).build());
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = Checkpoint.open(Path.of(args[5]));
                UNet unet = UNet.load(torch, checkpoint, precision)) {
            var generator = new TorchGenerator(0);
            LoraSpec lora =
                    LoraSpec.builder().rank(RANK).target(LoraTarget.FULL).build();
            LoraParameters.initialize(scope, new UNetLoraRules().select(unet.weightShapes(), lora), lora, generator)
                    .attachTo(unet, scope);
            unet.use(new MemoryUse(Integer.MAX_VALUE, isRecomputed));
            NDArray latents = RandomTensors.normal(scope, generator, samples, 4, side / 8, side / 8);
            NDArray target = RandomTensors.normal(scope, generator, samples, 4, side / 8, side / 8);
            Conditioning conditioning = conditioning(scope, unet, generator, samples);
            System.gc();
            ResidentMemory.resetPeak();
            long loaded = ResidentMemory.required(ProcessMemory.PEAK);
            double began = ProcessorTime.seconds();
            unet.loraGradient(scope, target, 1, latents, TIMESTEP, conditioning);
            System.out.println(new ObjectMapper()
                    .writeValueAsString(new GradientMeasurement(
                            model,
                            precision,
                            side,
                            samples,
                            isRecomputed,
                            loaded,
                            ResidentMemory.required(ProcessMemory.PEAK),
                            ProcessorTime.seconds() - began)));
        }
    }

    private static Conditioning conditioning(NDManager scope, UNet unet, TorchGenerator generator, int samples) {
        NDArray context = RandomTensors.normal(
                scope,
                generator,
                samples,
                TOKENS,
                inputs(unet, "mid_block.attentions.0.transformer_blocks.0.attn2.to_k"));
        if (!unet.weightShapes().containsKey("add_embedding.linear_1.weight")) {
            return new Conditioning(context);
        }
        long pooled = inputs(unet, "add_embedding.linear_1") - SIZES * SIZE_WIDTH;
        return new Conditioning(
                context,
                RandomTensors.normal(scope, generator, samples, pooled),
                RandomTensors.normal(scope, generator, samples, SIZES).add(512));
    }

    private static long inputs(UNet unet, String layer) {
        return Objects.requireNonNull(unet.weightShapes().get(layer + ".weight"))
                .get(1);
    }
}
