package io.github.txt2lora.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Results of a mode with several seeds.
 *
 * @param mode its name
 * @param seeds the points of each seed, in order
 */
record QualityResult(String mode, List<List<QualityPoint>> seeds) {

    /** The points of all seeds after the same number of iterations. */
    List<List<QualityPoint>> byIteration() {
        return IntStream.range(0, seeds.get(0).size())
                .mapToObj(i -> seeds.stream().map(points -> points.get(i)).toList())
                .toList();
    }

    static String tableHead() {
        return """
                | training | iterations | UNet samples | seconds | target's pictures | in pixels | leak into pictures |\
                 in pixels | gap | drift |
                |---|---|---|---|---|---|---|---|---|---|""";
    }

    /** A row for each number of iterations: means, and the least and the most of all seeds. */
    List<String> tableRows() {
        return byIteration().stream()
                .map(points -> "| %s | %d | %.0f | %.1f | %s | %s | %s | %s | %s | %s |"
                        .formatted(
                                mode,
                                points.get(0).iteration(),
                                mean(points, QualityPoint::unetSamples),
                                mean(points, QualityPoint::seconds),
                                spread(points, QualityPoint::pictureDistance),
                                spread(points, QualityPoint::pixelDistance),
                                spread(points, QualityPoint::leak),
                                spread(points, QualityPoint::pixelLeak),
                                spread(points, QualityPoint::gap),
                                spread(points, QualityPoint::drift)))
                .toList();
    }

    private static double mean(List<QualityPoint> points, ToDoubleFunction<QualityPoint> value) {
        return points.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    private static String spread(List<QualityPoint> points, ToDoubleFunction<QualityPoint> value) {
        double[] sorted = points.stream().mapToDouble(value).sorted().toArray();
        return String.format(
                Locale.ROOT, "%.3f (%.3f to %.3f)", mean(points, value), sorted[0], sorted[sorted.length - 1]);
    }
}
