package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("djl")
class AttachedLoraTest {

    private static final int CONTEXT_WIDTH_AXIS = 1;

    /** Arrays made from Java memory borrow it, so whatever a script keeps must be its own. */
    @Test
    void keeps_nothing_of_memory_that_is_collected() {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny");
                UNet unet = UNet.load(torch, checkpoint, Precision.FP32)) {
            LoraSpec spec = LoraSpec.builder().rank(1).target(LoraTarget.FULL).build();
            LoraParameters parameters = LoraParameters.initialize(
                    scope, new UNetLoraRules().select(unet.weightShapes(), spec), spec, new TorchGenerator(0));
            parameters
                    .vector()
                    .set(new TorchGenerator(1).normal((int) parameters.vector().size(), 0, 0.1));
            try (NDManager attaching = torch.newScope()) {
                parameters.attachTo(unet, attaching);
            }
            long contextWidth = unet.weightShapes()
                    .get("down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.weight")
                    .get(CONTEXT_WIDTH_AXIS);
            NDArray latents = scope.create(new TorchGenerator(2).normal(4 * 8 * 8), new Shape(1, 4, 8, 8));
            var conditioning = new Conditioning(scope.ones(new Shape(1, 77, contextWidth)));

            float[] before = unet.predict(scope, latents, 500, conditioning, 1).toFloatArray();
            List<ByteBuffer> reused = collectAndReuseMemory();
            float[] after = unet.predict(scope, latents, 500, conditioning, 1).toFloatArray();

            assertThat(reused).isNotEmpty();
            assertThat(after).isEqualTo(before);
            assertThat(unet.predict(scope, latents, 500, conditioning, 0).toFloatArray())
                    .isNotEqualTo(before);
        }
    }

    private static List<ByteBuffer> collectAndReuseMemory() {
        List<ByteBuffer> buffers = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            System.gc();
            for (int i = 0; i < 20_000; i++) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(Double.BYTES);
                buffer.putDouble(0, Double.NaN);
                buffers.add(buffer);
            }
        }
        return buffers;
    }
}
