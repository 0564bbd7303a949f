package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("djl")
class HostNumbersTest {

    /** In bytes. */
    private static final int LIBTORCH_ALIGNMENT = 64;

    private Torch torch;
    private NDManager scope;

    @BeforeEach
    void open() {
        torch = TestTorch.start();
        scope = torch.newScope();
    }

    @AfterEach
    void close() {
        torch.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT64", "FLOAT32", "FLOAT16", "INT64", "INT32", "INT8", "UINT8"})
    void numbers_of_any_type_are_read(DataType type) {
        NDArray array = scope.create(new float[] {1, 2, 0, 96}, new Shape(2, 2)).toType(type, false);

        assertThat(HostNumbers.floats(array)).containsExactly(1, 2, 0, 96);
        assertThat(HostNumbers.doubles(array)).containsExactly(1, 2, 0, 96);
        assertThat(HostNumbers.scalar(array.max())).isEqualTo(96);
    }

    /** Elsewhere MKL does not promise the same bits. */
    @Test
    void arrays_begin_where_libtorch_allocates_them() {
        for (int size = 1; size < 200; size++) {
            NDArray vector = HostNumbers.vector(scope, new float[size]);
            NDArray ids = HostNumbers.array(scope, new long[size], new Shape(1, size));

            assertThat(address(vector) % LIBTORCH_ALIGNMENT).isZero();
            assertThat(address(ids) % LIBTORCH_ALIGNMENT).isZero();
        }
    }

    private static long address(NDArray array) {
        return Pointer.nativeValue(Native.getDirectBufferPointer(array.toByteBuffer(true)));
    }

    @Test
    void an_array_is_a_copy_of_the_numbers() {
        float[] numbers = {1, 2, 3, 4};
        NDArray array = HostNumbers.array(scope, numbers, new Shape(2, 2));
        numbers[0] = 9;

        assertThat(array.getShape()).isEqualTo(new Shape(2, 2));
        assertThat(HostNumbers.floats(array)).containsExactly(1, 2, 3, 4);
        assertThat(torch.nativeUse().arrays()).isEqualTo(1);
    }

    @Test
    void what_is_read_is_a_copy_in_row_major_order() {
        NDArray array = scope.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
        float[] values = HostNumbers.floats(array.transpose());
        array.muli(0);

        assertThat(values).containsExactly(1, 3, 2, 4);
    }

    @Test
    void reading_leaves_no_array_with_the_owner() {
        NDArray array = scope.create(new float[] {1, 2, 3, 4}, new Shape(2, 2));
        NDArray number = array.sum();
        NativeUse before = torch.nativeUse();

        for (int i = 0; i < 50; i++) {
            HostNumbers.floats(array);
            HostNumbers.doubles(array);
            HostNumbers.scalar(number);
        }

        assertThat(torch.nativeUse()).isEqualTo(before);
    }

    @Test
    void several_numbers_are_no_scalar() {
        assertThatThrownBy(() -> HostNumbers.scalar(scope.create(new float[2])))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected one number");
    }
}
