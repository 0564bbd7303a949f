package io.github.txt2lora.golden;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.github.txt2lora.checkpoint.TensorView;
import java.util.Arrays;
import org.assertj.core.api.AbstractAssert;

/** Compares tensors as the reference data ask for: the largest difference over the largest value, but at least 1. */
public final class TensorAssert extends AbstractAssert<TensorAssert, float[]> {

    private TensorAssert(float[] actual) {
        super(actual, TensorAssert.class);
    }

    public static TensorAssert assertThatTensor(NDArray actual) {
        return new TensorAssert(actual.toType(DataType.FLOAT32, false).toFloatArray());
    }

    public static TensorAssert assertThatTensor(float[] actual) {
        return new TensorAssert(actual);
    }

    public TensorAssert isCloseTo(TensorView expected, double tolerance) {
        return isCloseTo(expected.toFloats(), tolerance, 1);
    }

    public TensorAssert isCloseTo(NDArray expected, double tolerance) {
        return isCloseTo(expected.toFloatArray(), tolerance, 1);
    }

    /** Compares with the tolerance times {@code max(atLeast, largest expected value)}. */
    public TensorAssert isCloseTo(float[] expected, double tolerance, double atLeast) {
        isNotNull();
        if (actual.length != expected.length) {
            failWithMessage("expected %d elements, but there are %d", expected.length, actual.length);
        }
        double largest = atLeast;
        double difference = 0;
        int where = -1;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(expected[i]));
            double here = Math.abs((double) actual[i] - expected[i]);
            if (!(here <= difference)) {
                difference = here;
                where = i;
            }
        }
        if (!(difference <= tolerance * largest)) {
            failWithMessage(
                    "expected a difference of at most %g x %g, but element %d is %g instead of %g",
                    tolerance, largest, where, actual[where], expected[where]);
        }
        return this;
    }

    /** Largest absolute value. */
    public static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** Puts arrays end to end. */
    public static float[] concat(float[]... parts) {
        float[] all =
                new float[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int position = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, position, part.length);
            position += part.length;
        }
        return all;
    }
}
