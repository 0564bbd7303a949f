package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorViewTest {
    private static final TensorView MATRIX = Tensors.view("m", List.of(3L, 2L), 1, 2, 3, 4, 5, 6);

    @Test
    void transposes_a_matrix() {
        assertThat(MATRIX.transposed().shape()).containsExactly(2L, 3L);
        assertThat(MATRIX.transposed().toFloats()).containsExactly(1, 3, 5, 2, 4, 6);
        assertThat(MATRIX.transposed().transposed().toFloats()).containsExactly(MATRIX.toFloats());
    }

    @Test
    void takes_rows() {
        assertThat(MATRIX.rows(1, 3).shape()).containsExactly(2L, 2L);
        assertThat(MATRIX.rows(1, 3).toFloats()).containsExactly(3, 4, 5, 6);
        assertThat(MATRIX.rows(1, 1).toFloats()).isEmpty();
        assertThat(MATRIX.transposed().rows(1, 2).toFloats()).containsExactly(2, 4, 6);
    }

    @Test
    void reads_under_another_shape() {
        assertThat(MATRIX.reshaped(List.of(2L, 3L)).toFloats()).containsExactly(MATRIX.toFloats());
    }

    @Test
    void a_scalar_has_one_element() {
        TensorView scalar = Tensors.view("s", List.of(), 7);
        assertThat(scalar.elements()).isEqualTo(1);
        assertThat(scalar.toFloats()).containsExactly(7);
    }

    @Test
    void bytes_are_read_only_and_little_endian() {
        assertThat(MATRIX.bytes().isReadOnly()).isTrue();
        assertThat(MATRIX.bytes().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(MATRIX.rows(1, 2).bytes().order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void reads_all_float_types() {
        ByteBuffer eight = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, 1.5);
        ByteBuffer half = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) 0x3e00);
        ByteBuffer bfloat =
                ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) 0x3fc0);
        assertThat(new TensorView("x", ElementType.F64, List.of(1L), () -> eight).toFloats())
                .containsExactly(1.5f);
        assertThat(new TensorView("x", ElementType.F16, List.of(1L), () -> half).toFloats())
                .containsExactly(1.5f);
        assertThat(new TensorView("x", ElementType.BF16, List.of(1L), () -> bfloat).toFloats())
                .containsExactly(1.5f);
    }

    @Test
    void refuses_what_does_not_fit_and_names_the_tensor() {
        TensorView integers = new TensorView("ids", ElementType.I64, List.of(0L), () -> ByteBuffer.allocate(0));
        assertThatThrownBy(integers::toFloats)
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'ids'");
        assertThatThrownBy(() -> MATRIX.rows(2, 4))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'m'");
        assertThatThrownBy(() -> MATRIX.reshaped(List.of(5L))).isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> MATRIX.reshaped(List.of(6L)).transposed()).isInstanceOf(CheckpointException.class);
    }

    @Test
    void refuses_the_bytes_of_a_tensor_that_no_buffer_can_hold() {
        TensorView huge = new TensorView("huge", ElementType.F32, List.of(1L << 20, 1L << 20), () -> {
            throw new AssertionError("must not be asked");
        });
        assertThatThrownBy(huge::bytes).isInstanceOf(CheckpointException.class).hasMessageContaining("2 GiB");
        assertThatThrownBy(() -> huge.rows(1 << 19, 1 << 20).bytes()).isInstanceOf(CheckpointException.class);
    }

    @Test
    void reads_rows_of_a_tensor_that_no_buffer_can_hold() {
        TensorSource place = new TensorSource() {
            @Override
            public ByteBuffer bytes() {
                throw new AssertionError("must not be asked");
            }

            @Override
            public void read(long offset, ByteBuffer target) {
                while (target.hasRemaining()) {
                    target.put((byte) (offset >> 20));
                }
            }
        };
        TensorView huge = new TensorView("huge", ElementType.U8, List.of(1L << 20, 1L << 20), place);

        ByteBuffer bytes = huge.rows(77, 78).bytes();

        assertThat(bytes.remaining()).isEqualTo(1 << 20);
        assertThat(bytes.get(0)).isEqualTo((byte) 77);
    }
}
