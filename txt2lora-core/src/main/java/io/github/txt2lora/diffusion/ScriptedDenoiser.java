package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
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
import java.util.stream.IntStream;
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
        MicroBatches.Rows rows = (from, to) -> {
            ScriptCall call = script.longCall("forward", scope);
            var part = part(scope, latents, timesteps, conditioning, from, to);
            return withInput(call, part, loraStrength).run().singletonOrThrow();
        };
        NDArray predictions = microBatches.run(samples, MicroBatches.rows(rows, () -> false));
        forwardSamples += samples;
        return predictions;
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
        var call = new MicroBatches.Call<LoraGradient>() {
            @Override
            public LoraGradient run(int from, int to) {
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
                return shareOf(new LoraGradient(numbers[0], numbers[1], result.get(1), result.get(2)), samples);
            }

            @Override
            public LoraGradient join(LoraGradient before, LoraGradient part) {
                return sum(before, part);
            }

            @Override
            public void discard(LoraGradient result) {
                result.gradient().close();
                result.prediction().close();
            }

            @Override
            public boolean takeLess() {
                return recomputeSinceMemoryIsShort();
            }
        };
        LoraGradient result = microBatches.run(samples, call);
        forwardSamples += samples;
        backwardSamples += samples;
        return withNorm(result);
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
        List<LoraGradient> sums = List.of();
        for (int from = 0; from < share; from += shareAtOnce) {
            int to = Math.min(from + shareAtOnce, share);
            var rows = new ShareRows(scope, stack, share, from, to);
            Stack part = loraGradients(
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
                    loraStrength);
            sums = sums.isEmpty() ? part.shareOf(share) : part.addedTo(sums, share);
        }
        return sums.stream().map(ScriptedDenoiser::withNorm).toList();
    }

    /**
     * What one call gives for several LoRAs.
     *
     * @param gradients [LoRAs, parameters]
     * @param each of the LoRAs, its gradient a view of a row
     */
    private record Stack(NDArray gradients, List<LoraGradient> each) {

        List<LoraGradient> shareOf(int samples) {
            return each.stream()
                    .map(part -> ScriptedDenoiser.shareOf(part, samples))
                    .toList();
        }

        /** The sums take the place of the gradients before; those of this call are freed. */
        List<LoraGradient> addedTo(List<LoraGradient> before, int samples) {
            List<LoraGradient> parts = shareOf(samples);
            List<LoraGradient> sums = IntStream.range(0, parts.size())
                    .mapToObj(i -> sum(before.get(i), parts.get(i)))
                    .toList();
            gradients.close();
            return sums;
        }
    }

    private Stack loraGradients(
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
        return new Stack(result.get(1), gradients);
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
        var call = new MicroBatches.Call<PromptGradient>() {
            @Override
            public PromptGradient run(int from, int to) {
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
                float ofAll = (float) (to - from) / samples;
                return new PromptGradient(
                        ofAll * HostNumbers.scalar(result.get(0)), result.get(1).muli(ofAll));
            }

            @Override
            public PromptGradient join(PromptGradient before, PromptGradient part) {
                return new PromptGradient(
                        before.loss() + part.loss(), MicroBatches.joined(before.gradient(), part.gradient()));
            }

            @Override
            public void discard(PromptGradient result) {
                result.gradient().close();
            }

            @Override
            public boolean takeLess() {
                return recomputeSinceMemoryIsShort();
            }
        };
        PromptGradient result = microBatches.run(samples, call);
        forwardSamples += samples;
        backwardSamples += samples;
        return result;
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

    /** What a part adds to the mean over all samples; its norm is of no use then. The gradient is changed. */
    private static LoraGradient shareOf(LoraGradient part, int samples) {
        int own = samples(part.prediction());
        if (own == samples) {
            return part;
        }
        float share = (float) own / samples;
        return new LoraGradient(share * part.loss(), Double.NaN, part.gradient().muli(share), part.prediction());
    }

    /** The sum takes the place of the first gradient, and the other one is freed. */
    private static LoraGradient sum(LoraGradient before, LoraGradient part) {
        before.gradient().addi(part.gradient());
        part.gradient().close();
        return new LoraGradient(
                before.loss() + part.loss(),
                Double.NaN,
                before.gradient(),
                MicroBatches.joined(before.prediction(), part.prediction()));
    }

    private static LoraGradient withNorm(LoraGradient result) {
        return Double.isNaN(result.norm())
                ? new LoraGradient(
                        result.loss(),
                        HostNumbers.scalar(result.gradient().norm()),
                        result.gradient(),
                        result.prediction())
                : result;
    }

    private static int samples(NDArray batch) {
        return Math.toIntExact(batch.getShape().get(0));
    }

    private static NDArray rows(NDArray batch, int from, int to) {
        return to - from == samples(batch) ? batch : batch.get(new NDIndex("{}:{}", from, to));
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
