package io.github.txt2lora.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/** The number formats of a safetensors file; the constants carry the names that stand in its header. */
public enum ElementType {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    F8_E4M3(1),
    F8_E5M2(1),
    F8_E8M0(1),
    F8_E4M3FNUZ(1),
    F8_E5M2FNUZ(1),
    C64(8),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U64(8),
    U32(4),
    U16(2),
    U8(1),
    BOOL(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** Whether {@link TensorView#toFloats()} can read it: the floating-point types of 16 bits and more. */
    public boolean isFloat() {
        return this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /**
     * Whether {@link TensorView#toNumber()} can read it: the integers and the floating-point types of 16 bits and more.
     */
    public boolean isNumber() {
        return this != BOOL && this != F8_E4M3 && this != F8_E5M2;
    }

    /** The type of that name in a safetensors header, empty when the name is unknown. */
    public static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(type -> type.name().equals(name)).findFirst();
    }
}
