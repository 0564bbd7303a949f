package io.github.txt2lora.lora;

import java.util.ArrayList;
import java.util.List;

/**
 * The shape of a layer that a LoRA adds to, as the two matrices of the LoRA tell it.
 *
 * @param outputs rows of up
 * @param inputs shape of one row of down: [inputs], or [inputs, kernel, kernel] of a convolution
 */
public record LayerShape(int outputs, List<Long> inputs) {

    /** Copies the sizes. */
    public LayerShape {
        inputs = List.copyOf(inputs);
    }

    /** Whether it is a convolution, of whatever kernel. */
    public boolean isConvolution() {
        return inputs.size() > 1;
    }

    /** Numbers in a row of down, which decide the range of its initial values. */
    public int fanIn() {
        return Math.toIntExact(inputs.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact));
    }

    /** Shape of down at a rank: [rank, inputs] or [rank, inputs, kernel, kernel]. */
    public List<Long> downShape(int rank) {
        List<Long> shape = new ArrayList<>(inputs);
        shape.add(0, (long) rank);
        return shape;
    }

    /** Shape of up at a rank: [outputs, rank] or [outputs, rank, 1, 1]. */
    public List<Long> upShape(int rank) {
        return isConvolution() ? List.of((long) outputs, (long) rank, 1L, 1L) : List.of((long) outputs, (long) rank);
    }

    /** The rank it can have at most: a higher one could express nothing more. */
    public int maxRank() {
        return Math.toIntExact(Math.min(inputs.get(0), outputs));
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
