package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import org.junit.jupiter.api.Test;

class EmphasisTest {

    @Test
    void multiplies_each_token_and_restores_the_mean() {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope()) {
            NDArray hidden = scope.create(new float[] {1, 3, 2, 2}, new Shape(1, 2, 2));

            NDArray weighted = Emphasis.apply(scope, hidden, new float[] {1, 3});

            assertThat(weighted.toFloatArray()).containsExactly(new float[] {0.5f, 1.5f, 3, 3}, within(1e-6f));
        }
    }

    @Test
    void a_mean_that_vanishes_is_left_alone() {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope()) {
            NDArray hidden = scope.create(new float[] {1, 1}, new Shape(1, 2, 1));

            assertThat(Emphasis.apply(scope, hidden, new float[] {1, -1}).toFloatArray())
                    .containsExactly(1, -1);
        }
    }
}
