package io.github.txt2lora.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Measures how good a LoRA each way to train gives on the demo checkpoint, for how much work. Prints a Markdown table,
 * and writes a JSON file and a plot.
 */
final class QualityBenchmark {

    private static final int SEEDS = 3;

    private QualityBenchmark() {}

    /**
     * Runs the benchmark.
     *
     * @param args the folder for the results, then parts of the names of the modes to run, all of them when none is
     *     given
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        List<String> wanted = List.of(args).subList(1, args.length);
        Files.createDirectories(folder);
        DemoCheckpoint.copyTo(folder);
        List<QualityResult> results = new ArrayList<>();
        System.out.println(QualityResult.tableHead());
        Path checkpoint = folder.resolve(DemoCheckpoint.NAME + ".safetensors");
        try (var run = new QualityRun(checkpoint, QualityMode.allPairs())) {
            for (QualityMode mode : QualityMode.all()) {
                if (wanted.isEmpty() || wanted.stream().anyMatch(mode.name()::contains)) {
                    QualityResult result = measure(run, mode);
                    results.add(result);
                    result.tableRows().forEach(System.out::println);
                    write(folder, results);
                }
            }
        }
        printPredictions(results);
        System.out.println("\n" + folder.toAbsolutePath());
    }

    /** Prints the correlation of gap and drift, which need no images, with the quality of images. */
    private static void printPredictions(List<QualityResult> results) {
        List<QualityPoint> points = results.stream()
                .flatMap(result -> result.seeds().stream())
                .flatMap(List::stream)
                .toList();
        if (points.size() > 1) {
            System.out.printf(
                    "%nRank correlation of gap and target's pictures %.2f, of drift and leak %.2f (%d LoRAs)%n",
                    correlation(points, QualityPoint::gap, QualityPoint::pictureDistance),
                    correlation(points, QualityPoint::drift, QualityPoint::leak),
                    points.size());
        }
    }

    private static double correlation(
            List<QualityPoint> points, Function<QualityPoint, Double> first, Function<QualityPoint, Double> second) {
        return RankCorrelation.of(
                points.stream().map(first).toList(), points.stream().map(second).toList());
    }

    private static QualityResult measure(QualityRun run, QualityMode mode) {
        List<List<QualityPoint>> seeds = new ArrayList<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            seeds.add(run.run(mode, seed));
        }
        return new QualityResult(mode.name(), seeds);
    }

    /** After each mode, since all of them take long. */
    private static void write(Path folder, List<QualityResult> results) throws IOException {
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("quality.json").toFile(), results);
        QualityPlot.write(results, folder.resolve("quality.png"));
    }
}
