package io.github.txt2lora;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The result of a training. If it was cancelled with {@link CancelMode#KEEP}, {@code iterations} is less than
 * requested.
 *
 * @param file the LoRA, a {@code .safetensors} file with kohya's key names
 * @param name the LoRA's name
 * @param iterations iterations made
 * @param losses mean squared error of each iteration, in order
 * @param metadata the metadata in the file's header, in the order of the file
 * @param quality its gap and drift, if they were measured
 * @param unetSamples samples that passed through the UNet in this run; a backward pass counts as two;
 *     an iteration that was cancelled midway does not count
 * @param duration time from the first iteration to the last save, without pauses
 * @param warnings warnings to the user
 */
public record TrainedLora(
        Path file,
        String name,
        int iterations,
        List<Double> losses,
        Map<String, String> metadata,
        Optional<LoraQuality> quality,
        long unetSamples,
        Duration duration,
        List<String> warnings) {

    /** Copies the collections, so that the result never changes. */
    public TrainedLora {
        losses = List.copyOf(losses);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        warnings = List.copyOf(warnings);
    }

    /**
     * The mean loss of the first tenth of the iterations, at least one. A mean, because single losses depend more on
     * the sampled timestep than on the progress of the training. NaN if there were no iterations.
     */
    public double firstLoss() {
        return mean(losses.subList(0, tenth()));
    }

    /** The mean loss of the last tenth of the iterations, as {@link #firstLoss()}. */
    public double lastLoss() {
        return mean(losses.subList(losses.size() - tenth(), losses.size()));
    }

    /** A line for logs: losses and metadata, which are long, are left to their accessors. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "TrainedLora[file=%s, name=%s, iterations=%d, firstLoss=%.6g, lastLoss=%.6g, duration=%s, warnings=%s]",
                file,
                name,
                iterations,
                firstLoss(),
                lastLoss(),
                duration,
                warnings);
    }

    private int tenth() {
        return losses.isEmpty() ? 0 : Math.max(1, losses.size() / 10);
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
