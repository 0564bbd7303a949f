package io.github.txt2lora.ops;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * The result of a resize.
 *
 * @param file the new LoRA
 * @param modules its modules in the order of the input
 * @param metadata the metadata in the file's header
 */
public record ResizedLora(Path file, List<ResizedModule> modules, Map<String, String> metadata) {

    /** Copies the collections. */
    public ResizedLora {
        modules = List.copyOf(modules);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Mean of {@link ResizedModule#frobeniusRetained()} over the modules that are not zero; NaN if all are. */
    public double meanFrobeniusRetained() {
        return retained().average().orElse(Double.NaN);
    }

    /** Standard deviation of the same numbers, without Bessel's correction; NaN if all modules are zero. */
    public double deviationOfFrobeniusRetained() {
        double mean = meanFrobeniusRetained();
        return Math.sqrt(retained()
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(Double.NaN));
    }

    private DoubleStream retained() {
        return modules.stream().mapToDouble(ResizedModule::frobeniusRetained).filter(value -> !Double.isNaN(value));
    }
}
