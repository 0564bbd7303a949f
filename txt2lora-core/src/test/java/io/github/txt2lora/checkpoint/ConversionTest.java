package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConversionTest {
    private static final TensorView FUSED = Tensors.view("in_proj", List.of(3L, 2L), 1, 2, 3, 4, 5, 6);

    @Test
    void thirds_are_query_key_and_value() {
        assertThat(Conversion.FIRST_THIRD.apply(FUSED).toFloats()).containsExactly(1, 2);
        assertThat(Conversion.SECOND_THIRD.apply(FUSED).toFloats()).containsExactly(3, 4);
        assertThat(Conversion.LAST_THIRD.apply(FUSED).toFloats()).containsExactly(5, 6);
        assertThat(Conversion.LAST_THIRD.apply(FUSED).shape()).containsExactly(1L, 2L);
    }

    @Test
    void a_fused_matrix_without_three_equal_parts_is_refused() {
        for (List<Long> shape : List.of(List.of(2L, 3L), List.<Long>of())) {
            TensorView tensor = GoldenKeys.header("in_proj", shape);
            assertThatThrownBy(() -> Conversion.FIRST_THIRD.apply(tensor))
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContaining("in_proj");
        }
    }

    @Test
    void transposes() {
        assertThat(Conversion.TRANSPOSE.apply(FUSED).toFloats()).containsExactly(1, 3, 5, 2, 4, 6);
    }

    @Test
    void a_one_by_one_kernel_becomes_a_matrix_and_a_matrix_stays_one() {
        TensorView kernel = FUSED.reshaped(List.of(3L, 2L, 1L, 1L));
        assertThat(Conversion.CONV1X1_TO_LINEAR.apply(kernel).shape()).isEqualTo(FUSED.shape());
        assertThat(Conversion.CONV1X1_TO_LINEAR.apply(kernel).toFloats()).containsExactly(FUSED.toFloats());
        assertThat(Conversion.CONV1X1_TO_LINEAR.apply(FUSED)).isSameAs(FUSED);
    }

    @Test
    void a_larger_kernel_is_refused() {
        TensorView kernel = GoldenKeys.header("q", List.of(2L, 2L, 3L, 3L));
        assertThatThrownBy(() -> Conversion.CONV1X1_TO_LINEAR.apply(kernel))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("'q'");
    }
}
