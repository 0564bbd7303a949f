package io.github.txt2lora.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Precision;
import io.github.txt2lora.internal.file.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Measures the memory of a pass with gradient through a UNet of full size and random weights, with everything kept and
 * with recomputation, each in a JVM of its own. Prints a Markdown table. Linux only, for its {@code /proc}.
 */
final class GradientMemoryBenchmark {

    private GradientMemoryBenchmark() {}

    /**
     * Runs the benchmark; needs up to 7 GB in the folder for temporary files.
     *
     * @param args the model, the precision, the number of samples in a call, and sides of images in pixels
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        var model = FullSizeModel.valueOf(args[0].toUpperCase(Locale.ROOT));
        var precision = Precision.valueOf(args[1].toUpperCase(Locale.ROOT));
        try (TemporaryFolder folder = TemporaryFolder.create("txt2lora-benchmark")) {
            Path file = folder.path().resolve("model.safetensors");
            model.checkpoint().write(file);
            System.out.println(GradientMeasurement.tableHead());
            for (int i = 3; i < args.length; i++) {
                for (boolean recomputed : new boolean[] {false, true}) {
                    String json = OwnJvm.run(
                            MeasuredGradient.class,
                            model.name(),
                            precision.name(),
                            args[2],
                            args[i],
                            String.valueOf(recomputed),
                            file.toString());
                    System.out.println(new ObjectMapper()
                            .readValue(json, GradientMeasurement.class)
                            .tableRow());
                }
            }
        }
    }
}
