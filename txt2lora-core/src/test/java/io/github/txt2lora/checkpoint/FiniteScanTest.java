package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FiniteScanTest {

    private final FiniteScan scan = new FiniteScan();

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void finds_the_first_of_any_kind_at_any_place(ElementType type) {
        for (int length = 1; length <= 9; length++) {
            for (int index = 0; index < length; index++) {
                for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    float[] values = new float[length];
                    values[index] = bad;
                    values[length - 1] = index == length - 1 ? bad : Float.NaN;
                    assertThat(scan.firstNotFinite(tensor(type, values))).hasValue(index);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void passes_the_largest_and_smallest_numbers(ElementType type) {
        // 65504 is the largest half; every type has it, or a number near it.
        assertThat(scan.firstNotFinite(tensor(type, 65504f, -65504f, 0f, -0f, 0x1p-24f, -1f, 1f)))
                .isEmpty();
    }

    @Test
    void passes_the_largest_bfloat16_and_float() {
        float largest = HalfFloats.bfloat16ToFloat((short) 0x7f7f);
        assertThat(scan.firstNotFinite(tensor(ElementType.BF16, largest, -largest, largest, -largest)))
                .isEmpty();
        assertThat(scan.firstNotFinite(tensor(ElementType.F32, Float.MAX_VALUE, -Float.MAX_VALUE)))
                .isEmpty();
    }

    @Test
    void has_nothing_to_find_in_integers_and_empty_tensors() {
        ByteBuffer bytes = ByteBuffer.allocate(8).putLong(0, -1);
        assertThat(scan.firstNotFinite(new TensorView("i", ElementType.I64, List.of(1L), () -> bytes)))
                .isEmpty();
        assertThat(scan.firstNotFinite(tensor(ElementType.F16))).isEmpty();
    }

    private static TensorView tensor(ElementType type, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            switch (type) {
                case F64 -> bytes.putDouble(value);
                case F32 -> bytes.putFloat(value);
                case F16 -> bytes.putShort(HalfFloats.floatToHalf(value));
                default -> bytes.putShort(HalfFloats.floatToBfloat16(value));
            }
        }
        bytes.flip();
        return new TensorView("t", type, List.of((long) values.length), () -> bytes);
    }
}
