package io.github.txt2lora.benchmarks;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.image.ImageRequest;
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

/**
 * Text to image with the demo checkpoint, 96x96 pixels in 20 steps: the text encoder and the VAE are loaded each time,
 * the UNet is kept.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@NullUnmarked // JMH calls setUp first
public class PictureBenchmark {

    private TemporaryModel model;
    private TrainingEngine engine;
    private ImageRequest request;

    /** Called by JMH. */
    public PictureBenchmark() {}

    /** Opens the engine. */
    @Setup
    public void setUp() throws IOException {
        model = TemporaryModel.of(SmallModel.DEMO);
        engine = TrainingEngine.open(EngineOptions.builder().build());
        request = ImageRequest.builder()
                .model(ModelSource.file(model.file()))
                .prompt("1girl,short hair,cat ears")
                .negativePrompt("long hair")
                .width(Workload.DEMO.resolution())
                .height(Workload.DEMO.resolution())
                .steps(20)
                .build();
    }

    /** Frees everything. */
    @TearDown
    public void tearDown() throws IOException {
        engine.close();
        model.close();
    }

    /** One image. */
    @Benchmark
    public Object draw() {
        return engine.generate(request);
    }
}
