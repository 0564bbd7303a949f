package io.github.txt2lora.benchmarks;

import io.github.txt2lora.Precision;
import java.util.Locale;

/**
 * Memory and time of a pass with gradient. Written as JSON, so its components are names in a file.
 *
 * @param model the model
 * @param precision of the network
 * @param side of the images in pixels
 * @param samples in one call
 * @param recomputed whether blocks were computed again on the way back
 * @param loadedMebibytes resident before the call, all of the JVM included
 * @param peakMebibytes the most that was resident during the call
 * @param cpuSeconds processor time of all threads together
 */
record GradientMeasurement(
        FullSizeModel model,
        Precision precision,
        int side,
        int samples,
        boolean recomputed,
        long loadedMebibytes,
        long peakMebibytes,
        double cpuSeconds) {

    /** Headings of the columns of {@link #tableRow}. */
    static String tableHead() {
        return "| Model | Precision | Pixels | Samples | Recomputed | Loaded (MiB) | Peak (MiB) | More for the pass (MiB)"
                + " | CPU s |\n|---|---|---|---|---|---|---|---|---|";
    }

    /** A row of a Markdown table. */
    String tableRow() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %dx%d | %d | %s | %d | %d | %d | %.1f |",
                model.title(),
                precision,
                side,
                side,
                samples,
                recomputed ? "yes" : "no",
                loadedMebibytes,
                peakMebibytes,
                peakMebibytes - loadedMebibytes,
                cpuSeconds);
    }
}
