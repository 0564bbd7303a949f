package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThreadsTest {

    /** Drawing with a LoRA of the text encoder starts one of its own on the engine's thread. */
    @Test
    void another_torch_on_the_same_thread_does_not_change_the_number_of_threads() {
        try (Torch one = start(1);
                Torch two = start(2)) {
            assertThat(one.threads()).isEqualTo(1);
            assertThat(two.threads()).isEqualTo(2);
            assertThat(one.threads()).isEqualTo(1);
        }
    }

    private static Torch start(int threads) {
        return Torch.start(TestTorch.options().threads(threads).build());
    }
}
