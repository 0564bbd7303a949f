package io.github.txt2lora.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Loads models of full size and random weights as a training does, each in a JVM of its own, and prints a Markdown
 * table of their memory and times. Linux only, for its {@code /proc}.
 */
final class FullSizeBenchmark {

    private FullSizeBenchmark() {}

    /**
     * Runs the benchmark; needs up to 7 GB in the folder for temporary files.
     *
     * @param args the precision, then the names of the models, all of them when none is given
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Precision precision = args.length == 0 ? Precision.FP16 : Precision.valueOf(args[0].toUpperCase(Locale.ROOT));
        List<FullSizeModel> models = args.length <= 1
                ? List.of(FullSizeModel.values())
                : Arrays.stream(args)
                        .skip(1)
                        .map(name -> FullSizeModel.valueOf(name.toUpperCase(Locale.ROOT)))
                        .toList();
        System.out.println(FullSizeMeasurement.tableHead());
        for (FullSizeModel model : models) {
            System.out.println(measure(model, precision).tableRow());
        }
    }

    private static FullSizeMeasurement measure(FullSizeModel model, Precision precision)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("txt2lora-benchmark");
        Path file = folder.resolve("model.safetensors");
        try {
            model.checkpoint().write(file);
            String json = OwnJvm.run(MeasuredModel.class, model.name(), precision.name(), file.toString());
            return new ObjectMapper().readValue(json, FullSizeMeasurement.class);
        } finally {
            Files.deleteIfExists(file);
            Files.delete(folder);
        }
    }
}
