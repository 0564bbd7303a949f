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
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.ScalarType;
import io.github.txt2lora.torch.ScriptAttribute;
import io.github.txt2lora.torch.ScriptCall;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.ScriptModule;
import io.github.txt2lora.torch.Torch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
    private long forwardSamples;
    private long backwardSamples;
    private @Nullable NDArray attached;

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

    /**
     * The weight of one layer.
     *
     * @param layer its diffusers name, for example {@code mid_block.attentions.0.proj_in}
     * @return a float32 copy on the device, whatever the network's precision, owned by the scope
     */
    public NDArray weight(NDManager scope, String layer) {
        if (!weightShapes.containsKey(layer + ".weight")) {
            throw new IllegalArgumentException("the UNet has no layer \"" + layer + "\"");
        }
        return script.call("weights_of", scope)
                .withVectors("layers", Map.of(layer, new double[0]))
                .run()
                .singletonOrThrow();
    }

    /** How many samples have gone through the network forward so far. */
    public long forwardSamples() {
        return forwardSamples;
    }

    /** What the network has done so far, in forward passes of one sample; a backward pass counts as two. */
    public long work() {
        return forwardSamples + 2 * backwardSamples;
    }

    /**
     * Attaches LoRA matrices, replacing those attached before.
     *
     * @param parameters one float32 vector that holds all matrices, or a matrix whose rows are such vectors of several
     *     LoRAs; it stays the caller's, and the network sees changes
     * @param layout for each module {@code NAME.down} and {@code NAME.up}: [offset, shape...] and {@code NAME.scale}:
     *     [alpha / rank], as numbers
     */
    public void attachLora(NDArray parameters, Map<String, double[]> layout, NDManager scope) {
        script.call("attach_lora", scope)
                .with(parameters)
                .withVectors("layout", layout)
                .run();
        attached = parameters;
    }

    /** Whether these very parameters were attached last. */
    @SuppressWarnings("ReferenceEquality") // equal numbers elsewhere may change differently
    public boolean hasAttached(NDArray parameters) {
        return attached == parameters;
    }

    /** Removes the LoRA; does nothing without one. */
    public void detachLora(NDManager scope) {
        attached = null;
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
        return predict(scope, latents, repeated(timestep, latents), conditioning, loraStrength);
    }

    /**
     * Predicts at a timestep for each sample, otherwise as {@link #predict(NDManager, NDArray, double, Conditioning,
     * double)}.
     */
    public NDArray predict(
            NDManager scope, NDArray latents, double[] timesteps, Conditioning conditioning, double loraStrength) {
        int samples = samples(latents);
        List<NDArray> predictions = microBatches.run(samples, (from, to) -> {
            ScriptCall call = script.longCall("forward", scope);
            var part = new Part(scope, latents, timesteps, conditioning, from, to);
            return withInput(call, part, loraStrength).run().singletonOrThrow();
        });
        forwardSamples += samples;
        return joined(predictions);
    }

    /**
     * The loss of the prediction with the LoRA on against a target, and its gradient.
     *
     * @param target float32, of latents' shape
     * @param lossScale multiplies the loss before the backward pass in 16 bits, where small gradients would vanish; the
     *     gradient is divided by it
     * @param timesteps one for each sample, 0 to 999, may be fractional
     * @param sampleWeights what each sample's squared error is multiplied by; null for 1
     * @return loss and gradient, owned by the scope
     */
    public LoraGradient loraGradient(
            NDManager scope,
            NDArray target,
            double lossScale,
            double @Nullable [] sampleWeights,
            NDArray latents,
            double[] timesteps,
            Conditioning conditioning) {
        int samples = samples(latents);
        List<LoraGradient> parts = microBatches.run(samples, (from, to) -> {
            ScriptCall call = script.longCall("lora_gradient", scope)
                    .with(rows(target, from, to))
                    .with(lossScale);
            if (sampleWeights == null) {
                call.with(1);
            } else {
                call.with(scope.create(floats(sampleWeights, from, to)));
            }
            var part = new Part(scope, latents, timesteps, conditioning, from, to);
            NDList result = withInput(call, part, 1).runWithGradients();
            return new LoraGradient(HostNumbers.scalar(result.get(0)), result.get(1), result.get(2));
        });
        forwardSamples += samples;
        backwardSamples += samples;
        return mean(parts, samples);
    }

    /** As {@link #loraGradient} for samples of one timestep that all count alike. */
    public LoraGradient loraGradient(
            NDManager scope,
            NDArray target,
            double lossScale,
            NDArray latents,
            double timestep,
            Conditioning conditioning) {
        return loraGradient(scope, target, lossScale, null, latents, repeated(timestep, latents), conditioning);
    }

    /**
     * The losses of several LoRAs that are attached at once, each for its own equal part of the batch, and their
     * gradients. The batch is not split where memory runs out.
     *
     * @param lossScales one for each LoRA; see {@link #loraGradient}
     * @param sampleWeights what each sample's squared error is multiplied by
     * @return one for each LoRA, owned by the scope
     */
    public List<LoraGradient> loraGradients(
            NDManager scope,
            NDArray target,
            double[] lossScales,
            double[] sampleWeights,
            NDArray latents,
            double[] timesteps,
            Conditioning conditioning) {
        int samples = samples(latents);
        ScriptCall call = script.longCall("lora_gradients", scope)
                .with(target)
                .with(scope.create(floats(lossScales, 0, lossScales.length)))
                .with(scope.create(floats(sampleWeights, 0, samples)));
        NDList result = withInput(call, new Part(scope, latents, timesteps, conditioning, 0, samples), 1)
                .runWithGradients();
        forwardSamples += samples;
        backwardSamples += samples;
        float[] losses = HostNumbers.floats(result.get(0));
        int share = samples / lossScales.length;
        List<LoraGradient> gradients = new ArrayList<>();
        for (int i = 0; i < losses.length; i++) {
            NDArray prediction = rows(result.get(2), i * share, (i + 1) * share);
            gradients.add(new LoraGradient(losses[i], result.get(1).get(i), prediction));
        }
        return gradients;
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

    /** Some samples of a batch. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Part(NDManager scope, NDArray latents, float[] timesteps, Conditioning conditioning) {

        Part(NDManager scope, NDArray latents, double[] timesteps, Conditioning conditioning, int from, int to) {
            this(scope, rows(latents, from, to), floats(timesteps, from, to), conditioning.rows(from, to));
        }
    }

    private static ScriptCall withInput(ScriptCall call, Part part, double loraStrength) {
        return call.with(part.latents())
                .with(part.scope().create(part.timesteps()))
                .with(part.conditioning().context())
                .with(loraStrength)
                .withOptional(part.conditioning().pooled())
                .withOptional(part.conditioning().timeIds());
    }

    private static double[] repeated(double timestep, NDArray latents) {
        double[] timesteps = new double[samples(latents)];
        Arrays.fill(timesteps, timestep);
        return timesteps;
    }

    private static float[] floats(double[] numbers, int from, int to) {
        float[] floats = new float[to - from];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[from + i];
        }
        return floats;
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
