package io.github.txt2lora.checkpoint;

/**
 * Conversions between {@code float} and the two 16-bit formats: IEEE 754 binary16 (F16: 5 exponent bits, 10 of
 * mantissa) and bfloat16 (BF16: the upper half of a float). To 16 bits they round to the nearest value and, between two
 * equally near, to the even one; not-a-number stays so.
 */
public final class HalfFloats {
    private static final int FLOAT_INFINITY = 0x7f800000;
    /** 65520, halfway between the largest half and the next step: from here on values round to infinity. */
    private static final int ROUNDS_TO_HALF_INFINITY = 0x477ff000;

    /** 2^-14, the smallest normal half. */
    private static final int SMALLEST_NORMAL_HALF = 0x38800000;

    /** The difference of the exponent biases, 127 - 15, in a float's exponent field. */
    private static final int BIAS_DIFFERENCE = 112 << 23;

    private HalfFloats() {}

    /** The value of a half, exactly. */
    public static float halfToFloat(short half) {
        int sign = (half & 0x8000) << 16;
        int exponent = (half >>> 10) & 0x1f;
        int mantissa = half & 0x3ff;
        if (exponent == 0) {
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(mantissa * 0x1p-24f));
        }
        if (exponent == 0x1f) {
            return Float.intBitsToFloat(sign | FLOAT_INFINITY | mantissa << 13);
        }
        return Float.intBitsToFloat(sign | ((exponent << 23) + BIAS_DIFFERENCE) | mantissa << 13);
    }

    /** The half nearest to a value; values from 65520 on become infinite. */
    public static short floatToHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fffffff;
        if (magnitude > FLOAT_INFINITY) {
            return (short) (sign | 0x7e00 | ((magnitude >>> 13) & 0x3ff));
        }
        if (magnitude >= ROUNDS_TO_HALF_INFINITY) {
            return (short) (sign | 0x7c00);
        }
        if (magnitude < SMALLEST_NORMAL_HALF) {
            return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24f));
        }
        int rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
        return (short) (sign | (rounded - BIAS_DIFFERENCE) >>> 13);
    }

    /** The value of a bfloat16, exactly. */
    public static float bfloat16ToFloat(short bfloat16) {
        return Float.intBitsToFloat(bfloat16 << 16);
    }

    /** The bfloat16 nearest to a value. */
    public static short floatToBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > FLOAT_INFINITY) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
}
