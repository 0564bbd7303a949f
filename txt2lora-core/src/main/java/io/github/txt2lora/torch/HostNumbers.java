package io.github.txt2lora.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * The only way of numbers into arrays and out of them. DJL's own way in leaves an array in Java's memory, which begins
 * anywhere, while MKL promises the same bits only for factors that begin at multiples of 64 bytes; here libtorch
 * allocates it. DJL's own way out leaves the copy that comes from a GPU with the owner of the array, for as long as
 * that lives; here it goes at once.
 */
public final class HostNumbers {

    private HostNumbers() {}

    /** An array of float32 on the scope's device, owned by the scope. */
    public static NDArray array(NDManager scope, float[] numbers, Shape shape) {
        return inOwnMemory(scope.create(numbers, shape));
    }

    /** A vector of float32 on the scope's device, owned by the scope. */
    public static NDArray vector(NDManager scope, float... numbers) {
        return array(scope, numbers, new Shape(numbers.length));
    }

    /** An array of int64 on the scope's device, owned by the scope. */
    public static NDArray array(NDManager scope, long[] numbers, Shape shape) {
        return inOwnMemory(scope.create(numbers, shape));
    }

    private static NDArray inOwnMemory(NDArray array) {
        if (array.getDevice().isGpu()) {
            return array;
        }
        try (array) {
            return array.duplicate();
        }
    }

    /**
     * The only number of an array, as a float32.
     *
     * @throws IllegalArgumentException if it has none or several
     */
    public static float scalar(NDArray array) {
        if (array.size() != 1) {
            throw new IllegalArgumentException("array of the shape " + array.getShape() + "; expected one number");
        }
        return floats(array)[0];
    }

    /** All numbers in row-major order, as float32. */
    public static float[] floats(NDArray array) {
        try (NDArray copy = onHost(array, DataType.FLOAT32)) {
            return copy.toFloatArray();
        }
    }

    /** All numbers in row-major order, as float64. */
    public static double[] doubles(NDArray array) {
        try (NDArray copy = onHost(array, DataType.FLOAT64)) {
            return copy.toDoubleArray();
        }
    }

    private static NDArray onHost(NDArray array, DataType type) {
        return JniUtils.to((PtNDArray) array, type, Device.cpu());
    }
}
