package io.github.txt2lora.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;

/**
 * The number formats that libtorch can be given. There are no others on purpose: DJL's native side ends the process at
 * a type that it does not know, 16-bit integers and bfloat16 among them.
 */
public enum HostType {
    /** 64-bit IEEE 754. */
    F64(DataType.FLOAT64),
    /** 32-bit IEEE 754. */
    F32(DataType.FLOAT32),
    /** 16-bit IEEE 754. */
    F16(DataType.FLOAT16),
    /** The upper half of a float32, and given to libtorch as such, which is exact. */
    BF16(DataType.FLOAT32) {
        @Override
        void fill(ByteBuffer memory, HostTensor.Elements elements) {
            int half = memory.remaining() / 2;
            ByteBuffer upper = memory.slice(memory.position() + half, half);
            elements.readInto(upper.duplicate());
            widen(
                    upper.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer(),
                    memory.duplicate().order(ByteOrder.nativeOrder()).asIntBuffer());
        }
    };

    private static final int WIDENED_AT_ONCE = 1 << 14;

    private final DataType dataType;

    HostType(DataType dataType) {
        this.dataType = dataType;
    }

    /** The type of the array that takes such numbers. */
    DataType dataType() {
        return dataType;
    }

    /** Fills an array of {@link #dataType()} in memory of the host, whatever is in it. */
    final void fill(NDArray array, HostTensor.Elements elements) {
        // a view of libtorch's own memory
        fill(array.toByteBuffer(true), elements);
    }

    void fill(ByteBuffer memory, HostTensor.Elements elements) {
        elements.readInto(memory);
    }

    /** From the second half of the memory into all of it: writing never overtakes reading. */
    private static void widen(ShortBuffer from, IntBuffer to) {
        var halves = new short[WIDENED_AT_ONCE];
        var bits = new int[WIDENED_AT_ONCE];
        while (from.hasRemaining()) {
            int count = Math.min(WIDENED_AT_ONCE, from.remaining());
            from.get(halves, 0, count);
            for (int i = 0; i < count; i++) {
                bits[i] = halves[i] << Short.SIZE;
            }
            to.put(bits, 0, count);
        }
    }
}
