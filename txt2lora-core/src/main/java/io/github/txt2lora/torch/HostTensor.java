package io.github.txt2lora.torch;

import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A tensor outside libtorch, described but not read yet.
 *
 * @param elements gives the elements when the tensor is loaded
 * @param shape the lengths of its dimensions; none for a scalar
 * @param dataType the elements' type; INT16 where {@code isBfloat16}, since DJL has no bfloat16
 * @param isBfloat16 whether the elements are bfloat16
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record HostTensor(Elements elements, long[] shape, DataType dataType, boolean isBfloat16) {

    /** Where elements come from. */
    @FunctionalInterface
    public interface Elements {

        /** Fills the rest of a buffer with the elements, little-endian, in row-major order. */
        void readInto(ByteBuffer target);
    }

    /** The size of its elements in bytes. */
    long byteSize() {
        return Math.multiplyExact(dataType.getNumOfBytes(), elementCount());
    }

    long elementCount() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
