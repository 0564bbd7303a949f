package io.github.txt2lora.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Measurements of one training in a JVM of its own. Written as JSON, so its components are names in a file.
 *
 * @param workload the name of the {@link Workload}
 * @param title the name for readers
 * @param resolution width and height in pixels
 * @param batchSize images per iteration
 * @param threads libtorch's threads
 * @param iterations iterations measured; one before them is not
 * @param secondsPerIteration mean
 * @param evaluationsPerIteration samples that went through the UNet forward, mean
 * @param secondsToFirstIteration from the start of the JVM to the start of the first iteration: everything is loaded
 * @param peakResidentMebibytes the most memory that the process had at any time; null where the system does not tell
 */
record Measurement(
        String workload,
        String title,
        int resolution,
        int batchSize,
        int threads,
        int iterations,
        double secondsPerIteration,
        double evaluationsPerIteration,
        double secondsToFirstIteration,
        @Nullable Long peakResidentMebibytes) {

    /** Headings of the columns of {@link #tableRow}. */
    static String tableHead() {
        return "| Training | Pixels | Batch | Threads | Seconds per iteration | UNet evaluations per iteration |"
                + " Milliseconds per evaluation | Peak memory (MiB) | Seconds to the first iteration |\n"
                + "|---|---|---|---|---|---|---|---|---|";
    }

    /** A row of a Markdown table. */
    String tableRow() {
        return String.format(
                Locale.ROOT,
                "| %s | %dx%d | %d | %d | %.2f | %.1f | %.1f | %s | %.1f |",
                title,
                resolution,
                resolution,
                batchSize,
                threads,
                secondsPerIteration,
                evaluationsPerIteration,
                1000 * secondsPerIteration / evaluationsPerIteration,
                peakResidentMebibytes == null ? "-" : peakResidentMebibytes,
                secondsToFirstIteration);
    }
}
