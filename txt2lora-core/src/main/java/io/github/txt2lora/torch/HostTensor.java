package io.github.txt2lora.torch;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A tensor outside libtorch, described but not read yet.
 *
 * @param elements gives the elements when the tensor is loaded
 * @param shape the lengths of its dimensions; none for a scalar
 * @param type the format of the elements
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record HostTensor(Elements elements, long[] shape, HostType type) {

    /** The source of elements. */
    @FunctionalInterface
    public interface Elements {

        /** Fills the rest of a buffer with the elements, little-endian, in row-major order. */
        void readInto(ByteBuffer target);
    }

    /** The size in bytes of the array that takes it. */
    long byteSize() {
        return Math.multiplyExact(type.dataType().getNumOfBytes(), elementCount());
    }

    long elementCount() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
}
