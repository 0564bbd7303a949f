package io.github.txt2lora.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalLong;

/**
 * Looks for infinities and not-a-numbers: the values whose exponent bits are all set. Eight bytes are tested at once:
 * adding the lowest exponent bit to the masked exponent of each number carries into its sign bit, and no further,
 * exactly when the exponent is full. One scan serves many tensors, with one buffer: a buffer for each would fill the
 * heap with garbage, hundreds of megabytes in a large checkpoint.
 */
final class FiniteScan {
    /** Read at a time; a multiple of eight bytes. */
    private static final int CHUNK_BYTES = 1 << 20;

    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** The index of the first element that is not finite, empty when all are or the type has no such values. */
    OptionalLong firstNotFinite(TensorView tensor) {
        return switch (tensor.type()) {
            case F16 -> scan(tensor, 0x7c00_7c00_7c00_7c00L, 0x0400_0400_0400_0400L, 0x8000_8000_8000_8000L);
            case BF16 -> scan(tensor, 0x7f80_7f80_7f80_7f80L, 0x0080_0080_0080_0080L, 0x8000_8000_8000_8000L);
            case F32 -> scan(tensor, 0x7f80_0000_7f80_0000L, 0x0080_0000_0080_0000L, 0x8000_0000_8000_0000L);
            case F64 -> scan(tensor, 0x7ff0_0000_0000_0000L, 0x0010_0000_0000_0000L, 0x8000_0000_0000_0000L);
            default -> OptionalLong.empty();
        };
    }

    private OptionalLong scan(TensorView tensor, long exponents, long lowestBits, long signs) {
        long length = tensor.byteSize();
        for (long begin = 0; begin < length; begin += CHUNK_BYTES) {
            chunk.clear().limit(Math.toIntExact(Math.min(CHUNK_BYTES, length - begin)));
            tensor.readInto(begin, chunk);
            int position = firstNotFinite(chunk.flip(), exponents, lowestBits, signs);
            if (position >= 0) {
                return OptionalLong.of((begin + position) / tensor.type().bytes());
            }
        }
        return OptionalLong.empty();
    }

    /** The position of a byte in the first number that is not finite, or -1. */
    private static int firstNotFinite(ByteBuffer bytes, long exponents, long lowestBits, long signs) {
        int length = bytes.remaining();
        for (int offset = 0; offset < length; offset += Long.BYTES) {
            long word = length - offset >= Long.BYTES ? bytes.getLong(offset) : tail(bytes, offset);
            long full = ((word & exponents) + lowestBits) & signs;
            if (full != 0) {
                return offset + Long.numberOfTrailingZeros(full) / Byte.SIZE;
            }
        }
        return -1;
    }

    /** The last bytes of a buffer, filled up with zeros. */
    private static long tail(ByteBuffer bytes, int offset) {
        long word = 0;
        for (int i = bytes.limit() - 1; i >= offset; i--) {
            word = (word << Byte.SIZE) | (bytes.get(i) & 0xff);
        }
        return word;
    }
}
