package io.github.txt2lora.benchmarks;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.torch.Torch;
import java.io.IOException;
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

/** The work before the first iteration: reading a checkpoint and encoding prompts. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@NullUnmarked // JMH calls setUp first
public class LoadBenchmark {

    private static final String PROMPT =
            "short hair,maid uniform,frilled skirt,sleeves,maid apron,maid headdress,black eyes,black rimmed glasses";

    private TemporaryModel model;
    private Torch torch;
    private ClipTokenizer tokenizer;

    /** Called by JMH. */
    public LoadBenchmark() {}

    /** Loads libtorch and the vocabulary. */
    @Setup
    public void setUp() throws IOException {
        model = TemporaryModel.of(SmallModel.DEMO);
        torch = Torch.start(EngineOptions.builder().build());
        tokenizer = ClipTokenizer.load();
    }

    /** Frees everything. */
    @TearDown
    public void tearDown() throws IOException {
        torch.close();
        model.close();
    }

    /** The tokens of a prompt of usual length. */
    @Benchmark
    public int[] tokenize() {
        return tokenizer.encode(PROMPT);
    }

    /** The header of the checkpoint, and what kind of model it is. */
    @Benchmark
    public Object openCheckpoint() {
        try (Checkpoint checkpoint = Checkpoint.open(model.file())) {
            return checkpoint.family();
        }
    }

    /** The same, and the UNet's weights in memory. */
    @Benchmark
    public int loadUNet() {
        try (Checkpoint checkpoint = Checkpoint.open(model.file());
                UNet unet = UNet.load(torch, checkpoint, Precision.FP32)) {
            return unet.weightShapes().size();
        }
    }
}
