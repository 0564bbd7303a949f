package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
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
 * float32 whatever precision the network computes in. A batch that memory does not suffice for goes through it in parts,
 * with the same result up to rounding.
 */
public final class UNet implements AutoCloseable {

    private static final ScriptClass SCRIPT = new ScriptClass("unet", "UNet");

    /** Attention heads of every block in SD 1.x. */
    private static final int SD1_HEADS = 8;

    /** Tells the script that a head is 64 wide, as in SD 2.x and SDXL. */
    private static final int HEADS_BY_WIDTH = 0;

    private final ScriptModule script;
    private final Map<String, List<Long>> weightShapes;
    private final MicroBatches microBatches;
    private long evaluatedSamples;

    private UNet(ScriptModule script, Map<String, List<Long>> weightShapes, MicroBatches microBatches) {
        this.script = script;
        this.weightShapes = weightShapes;
        this.microBatches = microBatches;
    }

    /** Copies the UNet's weights from the checkpoint to the device, in the given precision. */
    public static UNet load(Torch torch, Checkpoint checkpoint, Precision precision) {
        return load(torch, checkpoint.tensors(Component.UNET), checkpoint.family(), precision);
    }

    static UNet load(Torch torch, Map<String, TensorView> weights, ModelFamily family, Precision precision) {
        ScriptModule script = torch.newNetwork(
                SCRIPT,
                HostTensors.of(weights),
                ScalarType.of(precision),
                new ScriptAttribute.OfInt("fixed_heads", family == ModelFamily.SD1 ? SD1_HEADS : HEADS_BY_WIDTH),
                new ScriptAttribute.OfTensors("weights"),
                new ScriptAttribute.OfTensors("lora"),
                new ScriptAttribute.OfTensorList("lora_parameters"),
                new ScriptAttribute.OfTensorList("lora_views"));
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return new UNet(script, shapes, new MicroBatches(torch::emptyCache));
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
        int samples = samples(latents);
        evaluatedSamples += samples;
        List<NDArray> predictions = microBatches.run(samples, (from, to) -> {
            NDArray part = rows(latents, from, to);
            return withInput(
                            script.call("forward", scope),
                            scope,
                            part,
                            timestep,
                            conditioning.rows(from, to),
                            loraStrength)
                    .run()
                    .singletonOrThrow();
        });
        return joined(predictions);
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
        int samples = samples(latents);
        evaluatedSamples += samples;
        List<LoraGradient> parts = microBatches.run(samples, (from, to) -> {
            ScriptCall call = script.call("lora_gradient", scope)
                    .with(rows(target, from, to))
                    .with(lossScale);
            NDArray part = rows(latents, from, to);
            NDList result = withInput(call, scope, part, timestep, conditioning.rows(from, to), 1)
                    .runWithGradients();
            return new LoraGradient(result.get(0).getFloat(), result.get(1), result.get(2));
        });
        return mean(parts, samples);
    }

    /** The gradient of the mean over all samples from those over parts of them. */
    private static LoraGradient mean(List<LoraGradient> parts, int samples) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        double loss = 0;
        NDArray gradient = parts.get(0).gradient().mul(0);
        for (LoraGradient part : parts) {
            float share = (float) samples(part.prediction()) / samples;
            loss += share * part.loss();
            gradient.addi(part.gradient().mul(share));
        }
        return new LoraGradient(
                loss,
                gradient,
                joined(parts.stream().map(LoraGradient::prediction).toList()));
    }

    private static int samples(NDArray batch) {
        return Math.toIntExact(batch.getShape().get(0));
    }

    private static NDArray rows(NDArray batch, int from, int to) {
        return to - from == samples(batch) ? batch : batch.get(new NDIndex("{}:{}", from, to));
    }

    private static NDArray joined(List<NDArray> parts) {
        return parts.size() == 1 ? parts.get(0) : NDArrays.concat(new NDList(parts), 0);
    }

    /** How many samples go through the network at once. */
    MicroBatches microBatches() {
        return microBatches;
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
        float[] timesteps = new float[samples(latents)];
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
