package io.github.txt2lora.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects names and shapes of tensors, module by module, as PyTorch's modules have them. */
public final class TensorShapes {

    private final Map<String, List<Long>> byName = new LinkedHashMap<>();

    /** The shapes by name, in the order of their collection. */
    public Map<String, List<Long>> byName() {
        return Collections.unmodifiableMap(byName);
    }

    /** A tensor whose name is complete. */
    public void tensor(String name, Long... shape) {
        byName.put(name, List.of(shape));
    }

    /** A linear layer without bias. */
    public void matrix(String name, long in, long out) {
        tensor(name + ".weight", out, in);
    }

    /** A linear layer with its bias. */
    public void linear(String name, long in, long out) {
        matrix(name, in, out);
        tensor(name + ".bias", out);
    }

    /** A normalization with scale and shift. */
    public void norm(String name, long width) {
        tensor(name + ".weight", width);
        tensor(name + ".bias", width);
    }

    /** A convolution with a square kernel, and its bias. */
    public void convolution(String name, long in, long out, long kernel) {
        tensor(name + ".weight", out, in, kernel, kernel);
        tensor(name + ".bias", out);
    }

    /** Two normalised convolutions, and a third one around them where the width changes. */
    public void resnet(String name, long in, long out) {
        norm(name + ".norm1", in);
        convolution(name + ".conv1", in, out, 3);
        norm(name + ".norm2", out);
        convolution(name + ".conv2", out, out, 3);
        if (in != out) {
            convolution(name + ".conv_shortcut", in, out, 1);
        }
    }
}
