package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.text.Conditioning;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network that predicts the noise of latents, or their velocity, with or without a LoRA attached. Latents and
 * predictions are float32 whatever precision the network computes in.
 */
public interface Denoiser extends AutoCloseable {

    /** The name in messages, for example {@code UNet}. */
    String name();

    /** The latents that it works on. */
    LatentSpace latents();

    /** The shapes of all weights by their names. */
    Map<String, List<Long>> weightShapes();

    /**
     * The weight of one layer.
     *
     * @param layer its name, for example {@code mid_block.attentions.0.proj_in}
     * @return a float32 copy on the device, whatever the network's precision, owned by the scope
     */
    NDArray weight(NDManager scope, String layer);

    /**
     * Whether a layer makes keys or values of the prompt's embeddings alone, as in cross-attention: these can be solved
     * for instead of trained.
     *
     * @param layer its name
     */
    boolean isPromptProjection(String layer);

    /**
     * Changes how later calls use memory; {@link MemoryUse#FASTEST} at first. Smaller parts that a lack of memory has
     * led to are forgotten.
     */
    void use(MemoryUse memory);

    /** The number of samples that have gone through the network forward so far. */
    long forwardSamples();

    /** Work of the network so far, in forward passes of one sample; a backward pass counts as two. */
    long work();

    /**
     * Attaches LoRA matrices, replacing those attached before.
     *
     * @param parameters one float32 vector that holds all matrices, or a matrix whose rows are such vectors of several
     *     LoRAs; it stays the caller's, and the network sees changes
     * @param layout for each module {@code NAME.down} and {@code NAME.up}: [offset, shape...] and {@code NAME.scale}:
     *     [alpha / rank], as numbers
     */
    void attachLora(NDArray parameters, Map<String, double[]> layout, NDManager scope);

    /** Whether these very parameters were attached last. */
    boolean hasAttached(NDArray parameters);

    /** Removes the LoRA; does nothing without one. */
    void detachLora(NDManager scope);

    /**
     * Lends the network to another task between two calls. It has no LoRA attached then; memory is used as before.
     *
     * @return gives it back as it was, with the LoRA that was attached, and as if the task had made no calls
     */
    Loan lend();

    /** The time in which another task uses a network. */
    interface Loan extends AutoCloseable {

        @Override
        void close();
    }

    /**
     * Predicts the noise (or v).
     *
     * @param latents noisy latents, [batch, channels, height / factor, width / factor]
     * @param timestep the time step of all samples, 0 to 1000, may be fractional
     * @param conditioning prompts, one per sample
     * @param loraStrength multiplies the attached LoRA; 0 turns it off
     * @return a float32 tensor of latents' shape, owned by the scope
     */
    default NDArray predict(
            NDManager scope, NDArray latents, double timestep, Conditioning conditioning, double loraStrength) {
        return predict(scope, latents, repeated(timestep, latents), conditioning, loraStrength);
    }

    /**
     * Predicts at a timestep for each sample, otherwise as {@link #predict(NDManager, NDArray, double, Conditioning,
     * double)}.
     */
    NDArray predict(
            NDManager scope, NDArray latents, double[] timesteps, Conditioning conditioning, double loraStrength);

    /**
     * The loss of the prediction with the LoRA on against a target, and its gradient.
     *
     * @param target float32, of latents' shape
     * @param lossScale multiplies the loss before the backward pass in 16 bits, where small gradients would vanish; the
     *     gradient is divided by it
     * @param timesteps one for each sample, 0 to 1000, may be fractional
     * @param sampleWeights factors on the squared error of each sample; null for 1
     * @param loraStrength multiplies the attached LoRA
     * @return loss and gradient, owned by the scope
     */
    LoraGradient loraGradient(
            NDManager scope,
            NDArray target,
            double lossScale,
            double @Nullable [] sampleWeights,
            NDArray latents,
            double[] timesteps,
            Conditioning conditioning,
            double loraStrength);

    /** As {@link #loraGradient} for samples of one timestep that all count alike, with the LoRA at the strength 1. */
    default LoraGradient loraGradient(
            NDManager scope,
            NDArray target,
            double lossScale,
            NDArray latents,
            double timestep,
            Conditioning conditioning) {
        return loraGradient(scope, target, lossScale, null, latents, repeated(timestep, latents), conditioning, 1);
    }

    /**
     * The losses of several LoRAs that are attached at once, each for its own equal part of the batch, and their
     * gradients. The batch is not split where memory runs out; parts that {@link #use} asks for have at least one
     * sample of each LoRA.
     *
     * @param lossScales one for each LoRA; see {@link #loraGradient}
     * @param sampleWeights factors on the squared error of each sample
     * @param loraStrength multiplies all LoRAs
     * @return one for each LoRA, owned by the scope
     */
    List<LoraGradient> loraGradients(
            NDManager scope,
            NDArray target,
            double[] lossScales,
            double[] sampleWeights,
            NDArray latents,
            double[] timesteps,
            Conditioning conditioning,
            double loraStrength);

    /**
     * The loss of the prediction against a target while no LoRA is attached, and its gradient for the prompts' hidden
     * states.
     *
     * @param target float32, of latents' shape
     * @param lossScale multiplies the loss before the backward pass; the gradient is divided by it
     * @param timesteps one for each sample
     */
    PromptGradient promptGradient(
            NDManager scope,
            NDArray target,
            double lossScale,
            NDArray latents,
            double[] timesteps,
            Conditioning conditioning);

    /**
     * The result of a backward pass to the prompts.
     *
     * @param loss mean squared error
     * @param gradient of the hidden states of each sample, [batch, tokens, width]
     */
    record PromptGradient(double loss, NDArray gradient) {}

    private static double[] repeated(double timestep, NDArray latents) {
        double[] timesteps = new double[Math.toIntExact(latents.getShape().get(0))];
        Arrays.fill(timesteps, timestep);
        return timesteps;
    }

    @Override
    void close();

    /**
     * The result of one backward pass.
     *
     * @param loss mean squared error
     * @param norm Euclidean norm of the gradient; known without waiting for the device once more
     * @param gradient of all LoRA parameters, in the layout of the vector that was attached
     * @param prediction the network's output
     */
    record LoraGradient(double loss, double norm, NDArray gradient, NDArray prediction) {}
}
