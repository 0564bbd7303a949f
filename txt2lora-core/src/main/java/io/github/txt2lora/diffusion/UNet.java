package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.HostTensors;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.ScalarType;
import io.github.txt2lora.torch.ScriptAttribute;
import io.github.txt2lora.torch.ScriptCall;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.ScriptModule;
import io.github.txt2lora.torch.Torch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The denoising network ({@code torchscript/unet.py}), with or without a LoRA attached. Latents and predictions are
 * float32 whatever precision the network computes in.
 */
public final class UNet implements AutoCloseable {

    private static final ScriptClass SCRIPT = new ScriptClass("unet", "UNet");

    /** Attention heads of every block in SD 1.x. */
    private static final int SD1_HEADS = 8;

    /** Tells the script that a head is 64 wide, as in SD 2.x and SDXL. */
    private static final int HEADS_BY_WIDTH = 0;

    private final ScriptModule script;
    private final Map<String, List<Long>> weightShapes;
    private long evaluatedSamples;

    private UNet(ScriptModule script, Map<String, List<Long>> weightShapes) {
        this.script = script;
        this.weightShapes = weightShapes;
    }

    /** Copies the UNet's weights from the checkpoint to the device, in the given precision. */
    public static UNet load(Torch torch, Checkpoint checkpoint, Precision precision) {
        return load(torch, checkpoint.tensors(Component.UNET), checkpoint.family(), precision);
    }

    static UNet load(Torch torch, Map<String, TensorView> weights, ModelFamily family, Precision precision) {
        ScriptModule script = torch.newNetwork(
                SCRIPT,
                HostTensors.of(weights),
                new ScriptAttribute.OfInt("dtype", ScalarType.of(precision).code()),
                new ScriptAttribute.OfInt("fixed_heads", family == ModelFamily.SD1 ? SD1_HEADS : HEADS_BY_WIDTH),
                new ScriptAttribute.OfTensors("weights"),
                new ScriptAttribute.OfTensors("lora"),
                new ScriptAttribute.OfTensorList("lora_parameters"),
                new ScriptAttribute.OfTensorList("lora_views"));
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return new UNet(script, shapes);
    }

    /** The shapes of all weights by their diffusers names. */
    public Map<String, List<Long>> weightShapes() {
        return weightShapes;
    }

    /** How many samples have gone through the network forward so far. */
    public long evaluatedSamples() {
        return evaluatedSamples;
    }

    /**
     * Attaches LoRA matrices, replacing those attached before.
     *
     * @param parameters one float32 vector that holds all matrices; it stays the caller's, and the network sees changes
     * @param layout for each module {@code NAME.down} and {@code NAME.up}: [offset, shape...] and {@code NAME.scale}:
     *     [alpha / rank], as numbers
     */
    public void attachLora(NDArray parameters, Map<String, double[]> layout, NDManager scope) {
        script.call("attach_lora", scope)
                .with(parameters)
                .withVectors("layout", layout)
                .run();
    }

    /** Removes the LoRA; does nothing without one. */
    public void detachLora(NDManager scope) {
        script.call("detach_lora", scope).run();
    }

    /**
     * Predicts the noise (or v).
     *
     * @param latents noisy latents, [batch, 4, height / 8, width / 8]
     * @param timestep the time step of all samples, 0 to 999, may be fractional
     * @param conditioning prompts, one per sample
     * @param loraStrength multiplies the attached LoRA; 0 turns it off
     * @return a float32 tensor of latents' shape, owned by the scope
     */
    public NDArray predict(
            NDManager scope, NDArray latents, double timestep, Conditioning conditioning, double loraStrength) {
        evaluatedSamples += latents.getShape().get(0);
        return withInput(script.call("forward", scope), scope, latents, timestep, conditioning, loraStrength)
                .run()
                .singletonOrThrow();
    }

    /**
     * The loss of the prediction with the LoRA on against a target, and its gradient.
     *
     * @param target what to predict, of latents' shape
     * @param lossScale multiplies the loss on its way back, where small gradients would vanish; the gradient is divided
     *     by it
     * @return loss and gradient, owned by the scope
     */
    public LoraGradient loraGradient(
            NDManager scope,
            NDArray target,
            double lossScale,
            NDArray latents,
            double timestep,
            Conditioning conditioning) {
        evaluatedSamples += latents.getShape().get(0);
        ScriptCall call = script.call("lora_gradient", scope).with(target).with(lossScale);
        NDList result =
                withInput(call, scope, latents, timestep, conditioning, 1).runWithGradients();
        return new LoraGradient(result.get(0).getFloat(), result.get(1), result.get(2));
    }

    /** The outputs of the blocks by their names, with those of {@code time_embedding} and {@code output}. */
    Map<String, NDArray> blocks(
            NDManager scope, NDArray latents, NDArray timesteps, Conditioning conditioning, double loraStrength) {
        NDList result = script.call("forward_blocks", scope)
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

    private static ScriptCall withInput(
            ScriptCall call,
            NDManager scope,
            NDArray latents,
            double timestep,
            Conditioning conditioning,
            double loraStrength) {
        float[] timesteps = new float[Math.toIntExact(latents.getShape().get(0))];
        Arrays.fill(timesteps, (float) timestep);
        return call.with(latents)
                .with(scope.create(timesteps))
                .with(conditioning.context())
                .with(loraStrength)
                .withOptional(conditioning.pooled())
                .withOptional(conditioning.timeIds());
    }

    @Override
    public void close() {
        script.close();
    }

    /**
     * What one backward pass gives.
     *
     * @param loss mean squared error
     * @param gradient of all LoRA parameters, in the layout of the vector that was attached
     * @param prediction the network's output
     */
    public record LoraGradient(double loss, NDArray gradient, NDArray prediction) {}
}
