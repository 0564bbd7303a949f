package io.github.txt2lora.diffusion;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerWeightTest {

    private static final String LAYER = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k";

    @ParameterizedTest
    @EnumSource
    void weight_is_a_float32_copy_whatever_the_precision(Precision precision) {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny");
                UNet unet = UNet.load(torch, checkpoint, precision)) {
            TensorView expected =
                    Objects.requireNonNull(checkpoint.tensors(Component.UNET).get(LAYER + ".weight"));

            NDArray weight = unet.weight(scope, LAYER);
            float[] values = weight.toFloatArray();

            assertThat(weight.getDataType()).isEqualTo(DataType.FLOAT32);
            assertThat(weight.getShape().getShape())
                    .containsExactly(
                            expected.shape().stream().mapToLong(Long::longValue).toArray());
            assertThatTensor(values).isCloseTo(expected, precision == Precision.FP32 ? 0 : 0.01);
            weight.muli(0);
            assertThat(unet.weight(scope, LAYER).toFloatArray()).isEqualTo(values);
        }
    }

    @Test
    void layer_that_is_not_there_is_refused() {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny");
                UNet unet = UNet.load(torch, checkpoint, Precision.FP32)) {
            assertThatThrownBy(() -> unet.weight(scope, "attn2.to_k"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the UNet has no layer \"attn2.to_k\"");
        }
    }
}
