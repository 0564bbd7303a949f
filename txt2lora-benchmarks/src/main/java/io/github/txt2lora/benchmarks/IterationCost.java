package io.github.txt2lora.benchmarks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What iterations of the default method cost. Written as JSON, so its components are names in a file. Processor time is
 * that of all threads together, which depends less on what else the machine does than the clock.
 *
 * @param threads libtorch's threads
 * @param forwardSeconds of the UNet for one sample without gradient, by the clock
 * @param forwardCpuSeconds the same in processor time
 * @param iterationSeconds of an iteration: two samples with gradient, and the step of the optimizer
 * @param iterationCpuSeconds the same in processor time
 * @param iterations of the whole training
 * @param forwardSamples samples that go through the UNet before its iterations
 * @param peakResidentMebibytes the most memory of the process; null where the system does not tell
 */
record IterationCost(
        int threads,
        double forwardSeconds,
        double forwardCpuSeconds,
        double iterationSeconds,
        double iterationCpuSeconds,
        int iterations,
        double forwardSamples,
        @Nullable Long peakResidentMebibytes) {

    /** Headings of the columns of {@link #tableRow}. */
    static String tableHead(int manyCores) {
        return "| Model | Threads | Forward, one sample (s) | CPU s | Iteration (s) | CPU s | Iteration / forward |"
                + " Iterations | Samples before | Peak memory (MiB) | Whole training (h) | on " + manyCores
                + " cores, calculated (h) |\n|---|---|---|---|---|---|---|---|---|---|---|---|";
    }

    /** A row of a Markdown table. */
    String tableRow(String model, int manyCores) {
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.1f | %.1f | %.1f | %.1f | %.1f | %d | %.0f | %s | %.1f | %.1f |",
                model,
                threads,
                forwardSeconds,
                forwardCpuSeconds,
                iterationSeconds,
                iterationCpuSeconds,
                iterationCpuSeconds / forwardCpuSeconds,
                iterations,
                forwardSamples,
                peakResidentMebibytes == null ? "-" : peakResidentMebibytes,
                hours(),
                hours() * threads / manyCores);
    }

    /** By processor time on all threads, as on a machine that does nothing else. */
    double hours() {
        return (forwardSamples * forwardCpuSeconds + iterations * iterationCpuSeconds) / threads / 3600;
    }
}
