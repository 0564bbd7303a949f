package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.torch.TorchGenerator;

/** Inputs of networks whose results nobody looks at. */
final class RandomTensors {

    private RandomTensors() {}

    /** Standard normal numbers of a shape; the scope owns them. */
    static NDArray normal(NDManager scope, TorchGenerator generator, long... sizes) {
        var shape = new Shape(sizes);
        return scope.create(generator.normal(Math.toIntExact(shape.size())), shape);
    }
}
