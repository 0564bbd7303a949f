package io.github.txt2lora.lora;

import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.HalfFloats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Function;

/** Writes numbers in the formats of safetensors files. */
final class FloatEncoding {

    private static final float LARGEST_HALF = 65504;
    private static final float SMALLEST_HALF = 0x1p-24f;
    private static final float SMALLEST_BFLOAT16 = 0x1p-133f;

    private FloatEncoding() {}

    /** The format of a precision. */
    static ElementType type(Precision precision) {
        return switch (precision) {
            case FP32 -> ElementType.F32;
            case FP16 -> ElementType.F16;
            case BF16 -> ElementType.BF16;
        };
    }

    /** The smallest number above zero; half of it and less is rounded to zero. */
    static float smallest(ElementType type) {
        return switch (type) {
            case F16 -> SMALLEST_HALF;
            case BF16 -> SMALLEST_BFLOAT16;
            default -> Float.MIN_VALUE;
        };
    }

    /**
     * Encodes a part of an array, rounding to the nearest.
     *
     * @param type F64, F32, F16 or BF16
     */
    static ByteBuffer encode(ElementType type, float[] values, int offset, int count) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(count, type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = offset; i < offset + count; i++) {
            switch (type) {
                case F64 -> bytes.putDouble(values[i]);
                case F32 -> bytes.putFloat(values[i]);
                case F16 -> bytes.putShort(HalfFloats.floatToHalf(values[i]));
                case BF16 -> bytes.putShort(HalfFloats.floatToBfloat16(values[i]));
                default -> throw new IllegalArgumentException(type + " is no floating-point format");
            }
        }
        return bytes.flip();
    }

    /**
     * Checks that numbers are finite and none is rounded to infinity.
     *
     * @param failure what to throw for a number that is
     */
    static void requireStorable(
            ElementType type, float[] values, int offset, int count, Function<Float, RuntimeException> failure) {
        float largest = type == ElementType.F16 ? LARGEST_HALF : Float.MAX_VALUE;
        for (int i = offset; i < offset + count; i++) {
            if (!(Math.abs(values[i]) <= largest)) {
                throw failure.apply(values[i]);
            }
        }
    }
}
