package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.ProcessMemory;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Loads a model as a training does, calls its UNet, and prints the {@link FullSizeMeasurement} as one line of JSON. */
final class MeasuredModel {

    private static final int SIDE = 64;
    private static final double TIMESTEP = 500;
    private static final long BYTES_PER_MEBIBYTE = 1 << 20;

    private MeasuredModel() {}

    /**
     * Measures in this JVM.
     *
     * @param args the name of the {@link FullSizeModel}, the precision and the path of its checkpoint
     */
    public static void main(String[] args) throws IOException {
        var measurement = run(FullSizeModel.valueOf(args[0]), Precision.valueOf(args[1]), Path.of(args[2]));
        System.out.println(new ObjectMapper().writeValueAsString(measurement));
    }

    private static FullSizeMeasurement run(FullSizeModel model, Precision precision, Path file) throws IOException {
        try (Torch torch =
                        Torch.start(EngineOptions.builder().device(Device.cpu()).build());
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = Checkpoint.open(file)) {
            long start = ResidentMemory.required(ProcessMemory.RESIDENT);
            // in the order of the engine
            double began = ProcessorTime.seconds();
            Conditioning conditioning = conditioning(torch, checkpoint, precision, scope);
            double secondsToEncode = ProcessorTime.seconds() - began;
            long bytesBefore = torch.nativeUse().bytes();
            began = ProcessorTime.seconds();
            checkpoint.requireFinite(Stream.of(Component.UNET, Component.TEXT_ENCODER, Component.TEXT_ENCODER_2)
                    .filter(checkpoint.family()::has)
                    .toArray(Component[]::new));
            try (UNet unet = UNet.load(torch, checkpoint, precision)) {
                double secondsToLoad = ProcessorTime.seconds() - began;
                long weightBytes = torch.nativeUse().bytes() - bytesBefore;
                long peak = ResidentMemory.required(ProcessMemory.PEAK);
                long filePages = ResidentMemory.required(ProcessMemory.FILE_PAGES);
                var generator = new TorchGenerator(0);
                NDArray latents = normal(scope, generator);
                NDArray target = normal(scope, generator);
                LoraSpec lora = LoraSpec.builder().rank(8).build();
                LoraParameters.initialize(scope, new UNetLoraRules().select(unet.weightShapes(), lora), lora, generator)
                        .attachTo(unet, scope);
                began = ProcessorTime.seconds();
                unet.predict(scope, latents, TIMESTEP, conditioning, 1);
                double secondsForward = ProcessorTime.seconds() - began;
                began = ProcessorTime.seconds();
                unet.loraGradient(scope, target, 1, latents, TIMESTEP, conditioning);
                return new FullSizeMeasurement(
                        model,
                        precision,
                        weightBytes / BYTES_PER_MEBIBYTE,
                        peak,
                        filePages,
                        start,
                        secondsToEncode,
                        secondsToLoad,
                        secondsForward,
                        ProcessorTime.seconds() - began);
            }
        }
    }

    private static Conditioning conditioning(Torch torch, Checkpoint checkpoint, Precision precision, NDManager scope) {
        PromptEncoder encoder =
                Families.standard().of(checkpoint).promptEncoder(torch, checkpoint, ClipTokenizer.load(), precision, 1);
        PromptEmbedding prompt = encoder.encode("krnkmd", scope, warning -> {});
        return Conditioning.batch(scope, List.of(prompt), 1, PictureSize.uncropped(SIDE, SIDE));
    }

    private static NDArray normal(NDManager scope, TorchGenerator generator) {
        var shape = new Shape(1, 4, SIDE / 8, SIDE / 8);
        return scope.create(generator.normal(Math.toIntExact(shape.size())), shape);
    }
}
