package io.github.txt2lora.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.text.Conditioning;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The denoiser of one of several models that take turns. Its weights may leave the memory for those of another one, and
 * come back when it is used next; a LoRA that was attached is no longer attached then.
 */
final class DenoiserInTurn implements Denoiser {

    private final Checkpoint checkpoint;
    private final Supplier<Denoiser> loading;
    private final Predicate<Denoiser> isInMemory;
    private final Map<String, List<Long>> weightShapes = new LinkedHashMap<>();
    private @Nullable Denoiser latest;
    private MemoryUse memory = MemoryUse.FASTEST;
    private long forwardSamplesBefore;
    private long workBefore;

    /**
     * A denoiser that is loaded when it is first used.
     *
     * @param loading the denoiser of the checkpoint; always the same one as long as it is in memory
     * @param isInMemory whether a denoiser that was loaded is still there
     */
    DenoiserInTurn(Checkpoint checkpoint, Supplier<Denoiser> loading, Predicate<Denoiser> isInMemory) {
        this.checkpoint = checkpoint;
        this.loading = loading;
        this.isInMemory = isInMemory;
        checkpoint
                .tensors(checkpoint.family().denoiser())
                .forEach((name, tensor) -> weightShapes.put(name, tensor.shape()));
    }

    /** Brings the weights into memory, unless they are there. */
    Denoiser loaded() {
        if (latest != null && isInMemory.test(latest)) {
            return latest;
        }
        Denoiser now = loading.get();
        if (latest != null) {
            forwardSamplesBefore += latest.forwardSamples();
            workBefore += latest.work();
        }
        now.use(memory);
        latest = now;
        return now;
    }

    /** Empty where the weights are not in memory. */
    private Optional<Denoiser> present() {
        return Optional.ofNullable(latest).filter(isInMemory);
    }

    @Override
    public String name() {
        return checkpoint.family().denoiser().displayName();
    }

    @Override
    public LatentSpace latents() {
        return checkpoint.family().latents();
    }

    @Override
    public Map<String, List<Long>> weightShapes() {
        return weightShapes;
    }

    @Override
    public NDArray weight(NDManager scope, String layer) {
        return loaded().weight(scope, layer);
    }

    @Override
    public boolean isPromptProjection(String layer) {
        return loaded().isPromptProjection(layer);
    }

    @Override
    public void use(MemoryUse newMemory) {
        memory = newMemory;
        present().ifPresent(denoiser -> denoiser.use(newMemory));
    }

    @Override
    public long forwardSamples() {
        return forwardSamplesBefore + (latest == null ? 0 : latest.forwardSamples());
    }

    @Override
    public long work() {
        return workBefore + (latest == null ? 0 : latest.work());
    }

    @Override
    public void attachLora(NDArray parameters, Map<String, double[]> layout, NDManager scope) {
        loaded().attachLora(parameters, layout, scope);
    }

    @Override
    public boolean hasAttached(NDArray parameters) {
        return present().filter(denoiser -> denoiser.hasAttached(parameters)).isPresent();
    }

    @Override
    public void detachLora(NDManager scope) {
        present().ifPresent(denoiser -> denoiser.detachLora(scope));
    }

    @Override
    public Loan lend() {
        return loaded().lend();
    }

    @Override
    public NDArray predict(
            NDManager scope, NDArray latents, double[] timesteps, Conditioning conditioning, double loraStrength) {
        return loaded().predict(scope, latents, timesteps, conditioning, loraStrength);
    }

    @Override
    public LoraGradient loraGradient(
            NDManager scope,
            NDArray target,
            double lossScale,
            double @Nullable [] sampleWeights,
            NDArray latents,
            double[] timesteps,
            Conditioning conditioning,
            double loraStrength) {
        return loaded().loraGradient(
                        scope, target, lossScale, sampleWeights, latents, timesteps, conditioning, loraStrength);
    }

    @Override
    public List<LoraGradient> loraGradients(
            NDManager scope,
            NDArray target,
            double[] lossScales,
            double[] sampleWeights,
            NDArray latents,
            double[] timesteps,
            Conditioning conditioning,
            double loraStrength) {
        return loaded().loraGradients(
                        scope, target, lossScales, sampleWeights, latents, timesteps, conditioning, loraStrength);
    }

    @Override
    public PromptGradient promptGradient(
            NDManager scope,
            NDArray target,
            double lossScale,
            NDArray latents,
            double[] timesteps,
            Conditioning conditioning) {
        return loaded().promptGradient(scope, target, lossScale, latents, timesteps, conditioning);
    }

    /** The engine keeps what is in memory for the next training. */
    @Override
    public void close() {}
}
