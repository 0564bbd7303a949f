package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.ScriptAttribute;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.Torch;
import java.util.LinkedHashMap;
import java.util.Map;

/** The denoiser of Stable Diffusion ({@code torchscript/unet.py}). */
public final class UNet extends ScriptedDenoiser {

    private static final ScriptClass SCRIPT = new ScriptClass("unet", "UNet");

    /** Attention heads of every block in SD 1.x. */
    private static final int SD1_HEADS = 8;

    /** Tells the script that a head is 64 wide, as in SD 2.x and SDXL. */
    private static final int HEADS_BY_WIDTH = 0;

    private UNet(Torch torch, Checkpoint checkpoint, Precision precision, int heads) {
        super(torch, SCRIPT, checkpoint, precision, new ScriptAttribute.OfInt("fixed_heads", heads));
    }

    /**
     * Copies the UNet's weights from the checkpoint to the device, in the given precision. Heads of 64 came with linear
     * projections.
     */
    public static UNet load(Torch torch, Checkpoint checkpoint, Precision precision) {
        int heads = checkpoint.unet().linearProjection() ? HEADS_BY_WIDTH : SD1_HEADS;
        return new UNet(torch, checkpoint, precision, heads);
    }

    @Override
    public boolean isPromptProjection(String layer) {
        return layer.endsWith(".attn2.to_k") || layer.endsWith(".attn2.to_v");
    }

    /** The outputs of the blocks by their names, with those of {@code time_embedding} and {@code output}. */
    Map<String, NDArray> blocks(
            NDManager scope, NDArray latents, NDArray timesteps, Conditioning conditioning, double loraStrength) {
        NDList result = script().call("forward_blocks", scope)
                .with(latents)
                .with(timesteps)
                .with(conditioning.context())
                .with(loraStrength)
                .withOptional(conditioning.pooled())
                .withOptional(conditioning.timeIds())
                .run();
        Map<String, NDArray> blocks = new LinkedHashMap<>();
        result.forEach(block -> blocks.put(block.getName(), block));
        return blocks;
    }
}
