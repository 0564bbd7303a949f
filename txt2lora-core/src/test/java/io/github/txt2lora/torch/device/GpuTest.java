package io.github.txt2lora.torch.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.Precision;
import org.junit.jupiter.api.Test;

class GpuTest {

    private static final Gpu RTX_2070 = new Gpu(0, "NVIDIA GeForce RTX 2070", new ComputeCapability(7, 5));

    @Test
    void fp16_is_advised_instead_of_bf16_before_ampere() {
        assertThat(RTX_2070.adviceFor(Precision.BF16))
                .hasValueSatisfying(
                        advice -> assertThat(advice).contains("RTX 2070").contains("precision FP16 is faster"));
    }

    @Test
    void nothing_is_advised_where_the_precision_is_fast() {
        assertThat(RTX_2070.adviceFor(Precision.FP16)).isEmpty();
        assertThat(FakeSurroundings.RTX_3060.adviceFor(Precision.BF16)).isEmpty();
    }
}
