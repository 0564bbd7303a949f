package io.github.txt2lora.benchmarks;

import io.github.txt2lora.Precision;
import java.util.Locale;

/**
 * Measurements of loading a model and calling its UNet once. Written as JSON, so its components are names in a file.
 * Seconds are processor time of all threads together, which depends less on what else the machine does than the clock.
 *
 * @param model the model
 * @param precision of the network
 * @param weightMebibytes the UNet's weights, which are kept
 * @param peakResidentMebibytes the most memory that the process had until they were loaded, all of the JVM included
 * @param filePageMebibytes pages of files that were resident when they were loaded, libraries among them
 * @param startMebibytes resident before anything of the model was read: the JVM and libtorch
 * @param secondsToEncode one prompt through all text encoders, with loading them
 * @param secondsToLoad checking all weights and loading the UNet
 * @param secondsForward one call of the UNet
 * @param secondsForwardAndBackward one call of loss and gradient
 */
record FullSizeMeasurement(
        FullSizeModel model,
        Precision precision,
        long weightMebibytes,
        long peakResidentMebibytes,
        long filePageMebibytes,
        long startMebibytes,
        double secondsToEncode,
        double secondsToLoad,
        double secondsForward,
        double secondsForwardAndBackward) {

    /** Headings of the columns of {@link #tableRow}. */
    static String tableHead() {
        return "| Model | Precision | Weights kept (MiB) | Peak memory while loading (MiB) | Peak / weights |"
                + " Pages of files then (MiB) | At the start (MiB) | Encode a prompt (CPU s) | Check and load (CPU s) |"
                + " Forward (CPU s) | Forward and backward (CPU s) |\n"
                + "|---|---|---|---|---|---|---|---|---|---|---|";
    }

    /** A row of a Markdown table. */
    String tableRow() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %d | %d | %.3f | %d | %d | %.1f | %.1f | %.2f | %.2f |",
                model.title(),
                precision,
                weightMebibytes,
                peakResidentMebibytes,
                (double) peakResidentMebibytes / weightMebibytes,
                filePageMebibytes,
                startMebibytes,
                secondsToEncode,
                secondsToLoad,
                secondsForward,
                secondsForwardAndBackward);
    }
}
