package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostTensorsTest {

    /** More than are widened at once, and not a multiple of it. */
    private static final int MANY = 100_003;

    private static TensorView tensor(ElementType type, int elements) {
        byte[] bytes = new byte[elements * type.bytes()];
        new Random(1).nextBytes(bytes);
        return new TensorView("some.weight", type, List.of((long) elements), () -> ByteBuffer.wrap(bytes));
    }

    @ParameterizedTest
    @EnumSource
    void a_type_is_loaded_or_refused_and_the_process_lives(ElementType type) {
        TensorView tensor = tensor(type, MANY);
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope()) {
            if (type.isFloat()) {
                NDArray array = torch.read(scope, HostTensors.of(tensor));
                assertThat(array.getShape().getShape()).containsExactly(MANY);
                if (type == ElementType.F64) {
                    assertThat(array.toByteBuffer()).isEqualTo(tensor.bytes());
                } else {
                    assertThat(array.toFloatArray()).isEqualTo(tensor.toFloats());
                }
            } else {
                assertThatThrownBy(() -> HostTensors.of(Map.of("weight", tensor)))
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining("some.weight")
                        .hasMessageContaining("is of type " + type + "; expected F16, BF16, F32 or F64");
            }
        }
    }

    @Test
    void every_bfloat16_becomes_the_float_with_its_bits_on_top() {
        ByteBuffer all = ByteBuffer.allocate(2 << Short.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int bits = 0; bits < 1 << Short.SIZE; bits++) {
            all.putShort((short) bits);
        }
        TensorView tensor = new TensorView("all", ElementType.BF16, List.of(256L, 256L), all.flip()::duplicate);
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope()) {
            ByteBuffer loaded = torch.read(scope, HostTensors.of(tensor)).toByteBuffer();
            for (int bits = 0; bits < 1 << Short.SIZE; bits++) {
                assertThat(loaded.order(ByteOrder.LITTLE_ENDIAN).getInt(bits * Float.BYTES))
                        .isEqualTo(bits << Short.SIZE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void few_numbers_are_loaded_too(int elements) {
        TensorView tensor = tensor(ElementType.BF16, elements);
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope()) {
            assertThat(torch.read(scope, HostTensors.of(tensor)).toFloatArray()).isEqualTo(tensor.toFloats());
        }
    }

    @Test
    void a_transposed_bfloat16_matrix_is_loaded_transposed() {
        TensorView matrix = tensor(ElementType.BF16, 6).reshaped(List.of(2L, 3L));
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope()) {
            NDArray transposed = torch.read(scope, HostTensors.of(matrix.transposed()));
            float[] values = matrix.toFloats();
            assertThat(transposed.toFloatArray())
                    .containsExactly(values[0], values[3], values[1], values[4], values[2], values[5]);
        }
    }
}
