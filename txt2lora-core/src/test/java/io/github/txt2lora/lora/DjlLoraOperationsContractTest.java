package io.github.txt2lora.lora;

import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.testing.LoraOperationsContract;
import java.nio.file.Path;
import java.util.List;

class DjlLoraOperationsContractTest extends LoraOperationsContract {

    @Override
    protected LoraOperations open() {
        return LoraOperations.open();
    }

    @Override
    protected void writeLora(Path file) {
        new LoraFiles(1)
                .kohya("lora_unet_mid_block_attentions_0_proj_in", 4, List.of(4L, 12L), List.of(10L, 4L))
                .kohya("lora_unet_mid_block_attentions_0_proj_out", 4, List.of(4L, 12L), List.of(10L, 4L))
                .write(file);
    }
}
