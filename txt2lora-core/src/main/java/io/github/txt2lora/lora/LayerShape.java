package io.github.txt2lora.lora;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a layer as its LoRA tells it.
 *
 * @param outputs rows of up
 * @param inputs shape of one row of down: [inputs], or [inputs, kernel, kernel] of a convolution
 */
record LayerShape(int outputs, List<Long> inputs) {

    LayerShape {
        inputs = List.copyOf(inputs);
    }

    /** Whether it is a convolution, of whatever kernel. */
    boolean isConvolution() {
        return inputs.size() > 1;
    }

    /** Numbers in a row of down. */
    int fanIn() {
        return Math.toIntExact(inputs.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact));
    }

    List<Long> downShape(int rank) {
        List<Long> shape = new ArrayList<>(inputs);
        shape.add(0, (long) rank);
        return shape;
    }

    List<Long> upShape(int rank) {
        return isConvolution() ? List.of((long) outputs, (long) rank, 1L, 1L) : List.of((long) outputs, (long) rank);
    }

    /** Whether weights of a layer with this shape have as many inputs and outputs; a 1x1 kernel does not matter. */
    boolean fits(List<Long> weightShape) {
        return !weightShape.isEmpty()
                && weightShape.get(0) == outputs
                && weightShape.stream().skip(1).reduce(1L, (a, b) -> a * b) == fanIn();
    }

    /** Whether both have as many inputs and outputs; a 1x1 kernel does not matter. */
    boolean fits(LayerShape other) {
        return outputs == other.outputs && fanIn() == other.fanIn();
    }
}
