package io.github.txt2lora.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Precision;
import io.github.txt2lora.internal.file.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Measures iterations of the default method on a model of full size and random weights, in a JVM of its own, and
 * computes what the whole training takes on this number of cores and on 16. Prints a Markdown table.
 */
final class FullSizeTraining {

    private static final int MANY_CORES = 16;

    private FullSizeTraining() {}

    /**
     * Runs the benchmark; needs up to 7 GB in the folder for temporary files.
     *
     * @param args the model (SD15 by default), the resolution (512), the precision (FP32) and the number of iterations
     *     (3), of which the first one is not counted
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        FullSizeModel model = FullSizeModel.valueOf(argument(args, 0, "SD15").toUpperCase(Locale.ROOT));
        int resolution = Integer.parseInt(argument(args, 1, "512"));
        Precision precision = Precision.valueOf(argument(args, 2, "FP32").toUpperCase(Locale.ROOT));
        String iterations = argument(args, 3, "3");
        try (TemporaryFolder folder = TemporaryFolder.create("txt2lora-benchmark")) {
            Path file = folder.path().resolve("model.safetensors");
            model.checkpoint().write(file);
            String json = OwnJvm.run(
                    MeasuredIterations.class,
                    file.toString(),
                    Integer.toString(resolution),
                    precision.name(),
                    iterations);
            IterationCost cost = new ObjectMapper().readValue(json, IterationCost.class);
            System.out.println(IterationCost.tableHead(MANY_CORES));
            System.out.println(cost.tableRow(model.title() + ", " + resolution + "x" + resolution, MANY_CORES));
        }
    }

    private static String argument(String[] args, int index, String otherwise) {
        return index < args.length ? args[index] : otherwise;
    }
}
