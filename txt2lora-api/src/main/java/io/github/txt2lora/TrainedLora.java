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
 * What a training made. If it was cancelled with {@link CancelMode#KEEP}, {@code iterations} is less than was asked
 * for.
 *
 * @param file the LoRA, a {@code .safetensors} file with kohya's key names
 * @param name the LoRA's name
 * @param iterations iterations made
 * @param losses mean squared error of each iteration, in order
 * @param metadata the text that stands in the file's header, in the order of the file
 * @param quality how good it is, if that was measured
 * @param unetSamples samples that went through the UNet in this run, forward; one of the backward passes counts as two
 * @param duration time from the first iteration to the last save, without pauses
 * @param warnings what the user should know although the training went on
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
     * the timestep that was drawn than on how far the training is. NaN if there were no iterations.
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
