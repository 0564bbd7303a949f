package io.github.txt2lora.benchmarks.acceptance;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A row of the report. Written as JSON, so its components are names in a file.
 *
 * @param stage its name
 * @param title its name for readers
 * @param passed whether all is as it should be
 * @param measured what was measured, in words
 * @param seconds from start to end, with the start of its JVM
 * @param peakResidentMebibytes the most main memory of the process; null where the system does not tell
 * @param peakGpuMebibytes the most memory of the card in use, of all programs; null without {@code nvidia-smi}
 * @param gpuUtilisation mean share of time in which the card computed, in percent; null without {@code nvidia-smi}
 */
record StageResult(
        String stage,
        String title,
        boolean passed,
        String measured,
        double seconds,
        @Nullable Long peakResidentMebibytes,
        @Nullable Long peakGpuMebibytes,
        @Nullable Double gpuUtilisation) {

    /** Headings of the columns of {@link #tableRow}. */
    static String tableHead() {
        return "| Stage | Passed | Measured | Seconds | Peak main memory (MiB) | Peak GPU memory (MiB) |"
                + " GPU utilisation (%) |\n|---|---|---|---|---|---|---|";
    }

    /** A row of a Markdown table. */
    String tableRow() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %.0f | %s | %s | %s |",
                title,
                passed ? "yes" : "**no**",
                measured.replace("|", "\\|").replaceAll("\\s+", " "),
                seconds,
                peakResidentMebibytes == null ? "-" : peakResidentMebibytes,
                peakGpuMebibytes == null ? "-" : peakGpuMebibytes,
                gpuUtilisation == null ? "-" : Math.round(gpuUtilisation));
    }
}
