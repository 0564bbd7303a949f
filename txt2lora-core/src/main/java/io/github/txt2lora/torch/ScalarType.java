package io.github.txt2lora.torch;

import io.github.txt2lora.Precision;

/** libtorch's number for a floating-point type, as scripts take it. */
public enum ScalarType {
    /** 16-bit IEEE 754. */
    FLOAT16(5),
    /** 32-bit IEEE 754. */
    FLOAT32(6),
    /** The upper half of a float32. */
    BFLOAT16(15);

    private final int code;

    ScalarType(int code) {
        this.code = code;
    }

    /** The value of {@code c10::ScalarType}. */
    public int code() {
        return code;
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
