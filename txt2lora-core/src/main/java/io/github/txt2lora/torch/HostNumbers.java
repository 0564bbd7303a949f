package io.github.txt2lora.torch;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * The numbers of arrays, copied into Java's memory. This is the only way out of libtorch: DJL's own methods leave the
 * copy that comes from a GPU with the owner of the array, for as long as that lives; here it goes at once.
 */
public final class HostNumbers {

    private HostNumbers() {}

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
