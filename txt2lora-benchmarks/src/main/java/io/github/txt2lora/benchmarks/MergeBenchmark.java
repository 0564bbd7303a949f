package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.lora.LoraFile;
import io.github.txt2lora.lora.LoraFileNaming;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.ops.CheckpointMerge;
import io.github.txt2lora.ops.LoraMerge;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Merges LoRAs of rank 8 of the demo checkpoint, with their files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@NullUnmarked // JMH calls setUp first
public class MergeBenchmark {

    private TemporaryModel model;
    private Path lora;
    private Path output;
    private LoraOperations operations;

    /** Called by JMH. */
    public MergeBenchmark() {}

    /** Writes the checkpoint and the LoRA. */
    @Setup
    public void setUp() throws IOException {
        model = TemporaryModel.of(SmallModel.DEMO);
        lora = model.file().resolveSibling("lora.safetensors");
        output = model.file().resolveSibling("output.safetensors");
        operations = LoraOperations.open();
        try (Torch torch = Torch.start(EngineOptions.builder().build());
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = Checkpoint.open(model.file());
                UNet unet = UNet.load(torch, checkpoint, Precision.FP32)) {
            LoraSpec spec = LoraSpec.builder().rank(8).build();
            LoraParameters parameters = LoraParameters.initialize(
                    scope, new UNetLoraRules().select(unet.weightShapes(), spec), spec, new TorchGenerator(0));
            LoraFile.write(lora, parameters, new LoraFileNaming.Kohya(), Precision.FP32, Map.of(), warning -> {});
        }
    }

    /** Deletes the files. */
    @TearDown
    public void tearDown() throws IOException {
        operations.close();
        Files.deleteIfExists(output);
        Files.delete(lora);
        model.close();
    }

    /** A checkpoint with the LoRA in its weights. */
    @Benchmark
    public Object mergeIntoCheckpoint() {
        return operations.mergeIntoCheckpoint(
                new CheckpointMerge(model.file(), List.of(new LoraWeight(lora, 1)), output));
    }

    /** One LoRA of two. */
    @Benchmark
    public Object mergeTwoLoras() {
        return operations.merge(LoraMerge.of(List.of(new LoraWeight(lora, 0.5), new LoraWeight(lora, 0.5)), output));
    }
}
