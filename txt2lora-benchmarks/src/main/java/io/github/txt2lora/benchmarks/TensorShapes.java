package io.github.txt2lora.benchmarks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects names and shapes of a network's weights, layer by layer. */
final class TensorShapes {

    private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

    Map<String, List<Long>> byName() {
        return Collections.unmodifiableMap(shapes);
    }

    /** A convolution with a square kernel, and its bias. */
    void convolution(String name, long inputs, long outputs, long kernel) {
        weight(name, outputs, inputs, kernel, kernel);
        bias(name, outputs);
    }

    /** A linear layer, and its bias. */
    void linear(String name, long inputs, long outputs) {
        weight(name, outputs, inputs);
        bias(name, outputs);
    }

    /** A linear layer without a bias. */
    void projection(String name, long inputs, long outputs) {
        weight(name, outputs, inputs);
    }

    /** A normalisation with scale and shift. */
    void norm(String name, long width) {
        weight(name, width);
        bias(name, width);
    }

    void weight(String name, Long... shape) {
        shapes.put(name + ".weight", List.of(shape));
    }

    private void bias(String name, long width) {
        vector(name + ".bias", width);
    }

    /** A matrix whose name is complete. */
    void matrix(String name, long rows, long columns) {
        shapes.put(name, List.of(rows, columns));
    }

    /** A vector whose name is complete. */
    void vector(String name, long width) {
        shapes.put(name, List.of(width));
    }
}
