package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The UNets of small models on two images of 96x96 pixels, as a training calls them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@NullUnmarked // JMH calls setUp first
public class UNetBenchmark {

    private static final int BATCH = 2;
    private static final int SIDE = Workload.DEMO.resolution();
    private static final double TIMESTEP = 500;

    /** The model. */
    @Param
    public SmallModel model;

    private TemporaryModel file;
    private Torch torch;
    private Checkpoint checkpoint;
    private NDManager scope;
    private UNet unet;
    private NDArray latents;
    private NDArray target;
    private Conditioning conditioning;

    /** Called by JMH. */
    public UNetBenchmark() {}

    /** Loads the network, attaches a LoRA and draws its inputs. */
    @Setup
    public void setUp() throws IOException {
        file = TemporaryModel.of(model);
        torch = Torch.start(EngineOptions.builder().build());
        scope = torch.newScope();
        checkpoint = Checkpoint.open(file.file());
        unet = UNet.load(torch, checkpoint, Precision.FP32);
        var generator = new TorchGenerator(0);
        LoraSpec spec = LoraSpec.builder().rank(8).build();
        LoraParameters.initialize(scope, new UNetLoraRules().select(unet.weightShapes(), spec), spec, generator)
                .attachTo(unet, scope);
        latents = normal(generator, BATCH, 4, SIDE / 8, SIDE / 8);
        target = normal(generator, BATCH, 4, SIDE / 8, SIDE / 8);
        PromptEmbedding prompt = Families.standard()
                .of(checkpoint)
                .promptEncoder(torch, checkpoint, ClipTokenizer.load(), Precision.FP32, 1)
                .encode("krnkmd", scope, warning -> {});
        conditioning = Conditioning.batch(scope, List.of(prompt), BATCH, PictureSize.uncropped(SIDE, SIDE));
    }

    private NDArray normal(TorchGenerator generator, long... sizes) {
        var shape = new Shape(sizes);
        return scope.create(generator.normal(Math.toIntExact(shape.size())), shape);
    }

    /** Frees everything. */
    @TearDown
    public void tearDown() throws IOException {
        unet.close();
        checkpoint.close();
        scope.close();
        torch.close();
        file.close();
    }

    /** The base model's prediction. */
    @Benchmark
    public float[] forwardWithoutLora() {
        return forward(0);
    }

    /** The prediction with the LoRA. */
    @Benchmark
    public float[] forwardWithLora() {
        return forward(1);
    }

    private float[] forward(double loraStrength) {
        try (NDManager call = torch.newScope()) {
            return HostNumbers.floats(unet.predict(call, latents, TIMESTEP, conditioning, loraStrength));
        }
    }

    /** Loss and gradient of the LoRA. */
    @Benchmark
    public double forwardAndBackward() {
        try (NDManager call = torch.newScope()) {
            return unet.loraGradient(call, target, 1, latents, TIMESTEP, conditioning)
                    .loss();
        }
    }
}
