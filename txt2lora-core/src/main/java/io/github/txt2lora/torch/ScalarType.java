package io.github.txt2lora.torch;

import io.github.txt2lora.Precision;

/** libtorch's number for a floating-point type, as scripts take it. */
public enum ScalarType {
    /** 16-bit IEEE 754. */
    FLOAT16(5, 2),
    /** 32-bit IEEE 754. */
    FLOAT32(6, 4),
    /** The upper half of a float32. */
    BFLOAT16(15, 2);

    private final int code;
    private final int bytes;

    ScalarType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The value of {@code c10::ScalarType}. */
    public int code() {
        return code;
    }

    /** The size of a number. */
    int bytes() {
        return bytes;
    }

    /** The type in which a network of this precision keeps its weights and computes. */
    public static ScalarType of(Precision precision) {
        return switch (precision) {
            case FP32 -> FLOAT32;
            case FP16 -> FLOAT16;
            case BF16 -> BFLOAT16;
        };
    }
}
