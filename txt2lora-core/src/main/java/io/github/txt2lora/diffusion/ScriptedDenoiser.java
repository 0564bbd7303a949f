package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.HostTensors;
import io.github.txt2lora.checkpoint.LatentSpace;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A denoiser whose network is a TorchScript class with the methods that all of them have: {@code forward},
 * {@code lora_gradient} and {@code lora_gradients}, {@code attach_lora} and {@code detach_lora}, {@code load} and
 * {@code weights_of}. A batch that memory does not suffice for goes through it in parts, with the same result up to
 * rounding.
 */
public abstract class ScriptedDenoiser implements Denoiser {

    private static final Logger LOG = LoggerFactory.getLogger(ScriptedDenoiser.class);

    private static final ScriptClass LORA = new ScriptClass("adapter", "Lora");

    private static final List<ScriptAttribute> EMPTY_LORA = List.of(
            new ScriptAttribute.OfContainer("parameters", "List[Tensor]"),
            new ScriptAttribute.OfContainer("factors", "List[Tensor]"),
            new ScriptAttribute.OfContainer("vectors", "List[Tensor]"),
            ScriptAttribute.tensors("matrices"),
            new ScriptAttribute.OfContainer("blocks", "Dict[str, List[str]]"));

    private final Torch torch;
    private final String name;
    private final LatentSpace latents;
    private final ScriptModule script;
    private final Map<String, List<Long>> weightShapes;
    private final MicroBatches microBatches;
    private MemoryUse memory = MemoryUse.FASTEST;
    private long forwardSamples;
    private long backwardSamples;
    private @Nullable NDArray attached;
    private Map<String, double[]> attachedLayout = Map.of();

    /**
     * Loads a script with the weights of a checkpoint's denoiser.
     *
     * @param type the script's class
     * @param precision of its computations
     * @param attributes those of the class beside the ones that all denoisers have
     */
    protected ScriptedDenoiser(
            Torch torch, ScriptClass type, Checkpoint checkpoint, Precision precision, ScriptAttribute... attributes) {
        Map<String, TensorView> weights = checkpoint.tensors(checkpoint.family().denoiser());
        this.torch = torch;
        this.name = checkpoint.family().denoiser().displayName();
        this.latents = checkpoint.family().latents();
        this.script = torch.newNetwork(type, HostTensors.of(weights), ScalarType.of(precision), withCommon(attributes));
        this.weightShapes = new LinkedHashMap<>();
        weights.forEach((name, tensor) -> weightShapes.put(name, tensor.shape()));
        this.microBatches = new MicroBatches(torch::emptyCache);
    }

    private static ScriptAttribute[] withCommon(ScriptAttribute... attributes) {
        List<ScriptAttribute> all = new ArrayList<>(List.of(attributes));
        all.add(ScriptAttribute.tensors("weights"));
        all.add(new ScriptAttribute.OfObject("lora", LORA, EMPTY_LORA));
        all.add(new ScriptAttribute.OfBool("recomputes", false));
        return all.toArray(ScriptAttribute[]::new);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public LatentSpace latents() {
        return latents;
    }

    /** The script. */
    protected ScriptModule script() {
        return script;
    }

    @Override
    public Map<String, List<Long>> weightShapes() {
        return weightShapes;
    }

    @Override
    public NDArray weight(NDManager scope, String layer) {
        if (!weightShapes.containsKey(layer + ".weight")) {
            throw new IllegalArgumentException("the " + name + " has no layer \"" + layer + "\"");
        }
        return script.call("weights_of", scope)
                .withVectors("layers", Map.of(layer, new double[0]))
                .run()
                .singletonOrThrow();
    }

    @Override
    public void use(MemoryUse newMemory) {
        memory = newMemory;
        microBatches.limit(newMemory.samplesAtOnce());
        try (NDManager scope = torch.newScope()) {
            script.call("recompute", scope).with(newMemory.recomputed() ? 1 : 0).run();
        }
    }

    @Override
    public long forwardSamples() {
        return forwardSamples;
    }

    @Override
    public long work() {
        return forwardSamples + 2 * backwardSamples;
    }

    @Override
    public void attachLora(NDArray parameters, Map<String, double[]> layout, NDManager scope) {
        script.call("attach_lora", scope)
                .with(parameters)
                .withVectors("layout", layout)
                .run();
        attached = parameters;
        attachedLayout = layout;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // equal numbers elsewhere may change differently
    public boolean hasAttached(NDArray parameters) {
        return attached == parameters;
    }

    @Override
    public void detachLora(NDManager scope) {
        attached = null;
        script.call("detach_lora", scope).run();
    }

    @Override
    public Loan lend() {
        NDArray parameters = attached;
        Map<String, double[]> layout = attachedLayout;
        MemoryUse memoryBefore = memory;
        int limitBefore = microBatches.limit();
        long forwardBefore = forwardSamples;
        long backwardBefore = backwardSamples;
        detach();
        return () -> {
            use(memoryBefore);
            microBatches.limit(limitBefore);
            forwardSamples = forwardBefore;
            backwardSamples = backwardBefore;
            giveBack(parameters, layout);
        };
    }

    private void detach() {
        try (NDManager scope = torch.newScope()) {
            detachLora(scope);
        }
    }

    /** A LoRA whose scope is closed was of a call that is over. */
    private void giveBack(@Nullable NDArray parameters, Map<String, double[]> layout) {
        if (parameters == null || parameters.isReleased()) {
            detach();
            return;
        }
        try (NDManager scope = torch.newScope()) {
            attachLora(parameters, layout, scope);
        }
    }

    @Override
    public NDArray predict(
            NDManager scope, NDArray latents, double[] timesteps, Conditioning conditioning, double loraStrength) {
        int samples = samples(latents);
        MicroBatches.Part<NDArray> part = (from, to) -> {
            ScriptCall call = script.longCall("forward", scope);
            var rows = part(scope, latents, timesteps, conditioning, from, to);
            return withInput(call, rows, loraStrength).run().singletonOrThrow();
        };
        List<NDArray> predictions = microBatches.run(samples, MicroBatches.call(part, NDArray::close));
        forwardSamples += samples;
        return joined(predictions);
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
        int samples = samples(latents);
        MicroBatches.Part<LoraGradient> call = (from, to) -> {
            ScriptCall gradient = script.longCall("lora_gradient", scope)
                    .with(rows(target, from, to))
                    .with(lossScale);
            if (sampleWeights == null) {
                gradient.with(1);
            } else {
                gradient.with(torch.hostVector(scope, Arrays.copyOfRange(sampleWeights, from, to)));
            }
            var part = part(scope, latents, timesteps, conditioning, from, to);
            NDList result = withInput(gradient, part, loraStrength).runWithGradients();
            float[] numbers = HostNumbers.floats(result.get(0));
            return new LoraGradient(numbers[0], numbers[1], result.get(1), result.get(2));
        };
        List<LoraGradient> parts = microBatches.run(
                samples, MicroBatches.call(call, ScriptedDenoiser::discard, this::recomputeSinceMemoryIsShort));
        forwardSamples += samples;
        backwardSamples += samples;
        return mean(parts, samples);
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
        int stack = lossScales.length;
        int share = samples(latents) / stack;
        int shareAtOnce = Math.max(1, memory.samplesAtOnce() / stack);
        List<List<LoraGradient>> parts = new ArrayList<>();
        for (int from = 0; from < share; from += shareAtOnce) {
            int to = Math.min(from + shareAtOnce, share);
            var rows = new ShareRows(scope, stack, share, from, to);
            parts.add(loraGradients(
                    scope,
                    rows.of(target),
                    lossScales,
                    rows.of(sampleWeights),
                    new Part(
                            rows.of(latents),
                            torch.hostVector(scope, rows.of(timesteps)),
                            new Conditioning(
                                    rows.of(conditioning.context()),
                                    rows.ofOptional(conditioning.pooled()),
                                    rows.ofOptional(conditioning.timeIds()))),
                    loraStrength));
        }
        List<LoraGradient> gradients = new ArrayList<>();
        for (int i = 0; i < stack; i++) {
            int lora = i;
            gradients.add(mean(parts.stream().map(part -> part.get(lora)).toList(), share));
        }
        return gradients;
    }

    private List<LoraGradient> loraGradients(
            NDManager scope,
            NDArray target,
            double[] lossScales,
            double[] sampleWeights,
            Part part,
            double loraStrength) {
        int samples = samples(target);
        ScriptCall call = script.longCall("lora_gradients", scope)
                .with(target)
                .with(torch.hostVector(scope, lossScales))
                .with(torch.hostVector(scope, sampleWeights));
        NDList result = withInput(call, part, loraStrength).runWithGradients();
        forwardSamples += samples;
        backwardSamples += samples;
        float[] numbers = HostNumbers.floats(result.get(0));
        int share = samples / lossScales.length;
        List<LoraGradient> gradients = new ArrayList<>();
        for (int i = 0; i < lossScales.length; i++) {
            NDArray prediction = rows(result.get(2), i * share, (i + 1) * share);
            gradients.add(new LoraGradient(
                    numbers[i], numbers[lossScales.length + i], result.get(1).get(i), prediction));
        }
        return gradients;
    }

    @Override
    public PromptGradient promptGradient(
            NDManager scope,
            NDArray target,
            double lossScale,
            NDArray latents,
            double[] timesteps,
            Conditioning conditioning) {
        int samples = samples(latents);
        MicroBatches.Part<PromptGradient> call = (from, to) -> {
            ScriptCall gradient = script.longCall("prompt_gradient", scope)
                    .with(rows(target, from, to))
                    .with(lossScale);
            var part = part(scope, latents, timesteps, conditioning, from, to);
            NDList result = gradient.with(part.latents())
                    .with(part.timesteps())
                    .with(part.conditioning().context())
                    .withOptional(part.conditioning().pooled())
                    .withOptional(part.conditioning().timeIds())
                    .runWithGradients();
            return new PromptGradient(HostNumbers.scalar(result.get(0)), result.get(1));
        };
        List<PromptGradient> parts = microBatches.run(
                samples, MicroBatches.call(call, part -> part.gradient().close(), this::recomputeSinceMemoryIsShort));
        forwardSamples += samples;
        backwardSamples += samples;
        if (parts.size() == 1) {
            return parts.get(0);
        }
        double loss = 0;
        List<NDArray> gradients = new ArrayList<>();
        for (PromptGradient part : parts) {
            // of the mean over all samples
            float share = (float) samples(part.gradient()) / samples;
            loss += share * part.loss();
            gradients.add(part.gradient().mul(share));
        }
        return new PromptGradient(loss, joined(gradients));
    }

    private static void discard(LoraGradient part) {
        part.gradient().close();
        part.prediction().close();
    }

    private boolean recomputeSinceMemoryIsShort() {
        if (memory.recomputed() || !memory.recomputedWhenShort()) {
            return false;
        }
        LOG.warn(
                "memory does not suffice for a pass of one sample with gradient; blocks of the {} are computed again on"
                        + " the way back from now on, which takes longer",
                name);
        int samplesAtOnce = microBatches.limit();
        use(memory.recomputing());
        microBatches.limit(samplesAtOnce);
        return true;
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
                HostNumbers.scalar(gradient.norm()),
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

    /** The number of samples that go through the network at once. */
    MicroBatches microBatches() {
        return microBatches;
    }

    /** Some samples of a batch. */
    private record Part(NDArray latents, NDArray timesteps, Conditioning conditioning) {}

    private Part part(
            NDManager scope, NDArray latents, double[] timesteps, Conditioning conditioning, int from, int to) {
        return new Part(
                rows(latents, from, to),
                torch.hostVector(scope, Arrays.copyOfRange(timesteps, from, to)),
                conditioning.rows(from, to));
    }

    private static ScriptCall withInput(ScriptCall call, Part part, double loraStrength) {
        return call.with(part.latents())
                .with(part.timesteps())
                .with(part.conditioning().context())
                .with(loraStrength)
                .withOptional(part.conditioning().pooled())
                .withOptional(part.conditioning().timeIds());
    }

    @Override
    public void close() {
        script.close();
    }
}
