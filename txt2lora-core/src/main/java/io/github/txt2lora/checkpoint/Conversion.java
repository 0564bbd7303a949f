package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import java.util.List;

/** The conversion of a tensor of a file into the tensor of diffusers. */
enum Conversion {
    COPY,
    /** OpenCLIP multiplies by its projection from the other side. */
    TRANSPOSE,
    /** OpenCLIP stacks the rows of query, key and value in one matrix. */
    FIRST_THIRD,
    SECOND_THIRD,
    LAST_THIRD,
    /** LDM's VAE keeps the matrices of its attention as convolutions with a 1x1 kernel. */
    CONV1X1_TO_LINEAR;

    TensorView apply(TensorView tensor) {
        return switch (this) {
            case COPY -> tensor;
            case TRANSPOSE -> tensor.transposed();
            case FIRST_THIRD -> third(tensor, 0);
            case SECOND_THIRD -> third(tensor, 1);
            case LAST_THIRD -> third(tensor, 2);
            case CONV1X1_TO_LINEAR -> linear(tensor);
        };
    }

    private static TensorView third(TensorView tensor, int index) {
        if (tensor.shape().isEmpty() || tensor.shape().get(0) % 3 != 0) {
            throw new CheckpointException("tensor '%s' has shape %s; expected a number of rows divisible by 3"
                    .formatted(tensor.name(), tensor.shape()));
        }
        long rows = tensor.shape().get(0) / 3;
        return tensor.rows(index * rows, (index + 1) * rows);
    }

    private static TensorView linear(TensorView tensor) {
        // Files made from diffusers folders may have the matrix already.
        return tensor.shape().size() == 4
                ? tensor.reshaped(List.of(tensor.shape().get(0), tensor.shape().get(1)))
                : tensor;
    }
}
