package io.github.txt2lora.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;

/**
 * All matrices of a LoRA in one float32 vector on the device, so that an optimizer's step, a norm or a copy is one
 * operation. The network sees views of it.
 */
public final class LoraParameters {

    /** The greatest length of a Java array. */
    private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

    private final NDArray vector;
    private final List<Slot> slots;

    private LoraParameters(NDArray vector, List<Slot> slots) {
        this.vector = vector;
        this.slots = slots;
    }

    /**
     * A module's place in the vector.
     *
     * @param module the layer
     * @param rank its rank
     * @param scale alpha / rank
     * @param downOffset offset of {@code lora_down}
     * @param upOffset offset of {@code lora_up}
     */
    public record Slot(LoraModule module, int rank, double scale, int downOffset, int upOffset) {

        /** Number of elements of {@code lora_down}. */
        public int downSize() {
            return rank * module.shape().fanIn();
        }

        /** Number of elements of {@code lora_up}. */
        public int upSize() {
            return rank * module.shape().outputs();
        }
    }

    /**
     * A new LoRA that changes nothing yet: up is zero, down Kaiming-uniform with a = sqrt 5 (as LECO and kohya do).
     *
     * @param owner the scope that will own the vector
     * @param generator drawn from in LECO's order: for each module the default initialisation of down and up, which are
     *     then replaced, and the final one of down
     * @throws InvalidSettingException if the rank makes more parameters than a vector can hold
     */
    public static LoraParameters initialize(
            NDManager owner, List<LoraModule> modules, LoraSpec spec, TorchGenerator generator) {
        List<Slot> slots = layOut(modules, spec);
        return new LoraParameters(HostNumbers.vector(owner, firstValues(slots, generator)), slots);
    }

    /**
     * A new LoRA with the effect of another one; see {@link #initialize}, and {@link io.github.txt2lora.LoraStart} for
     * what becomes of other ranks and layers.
     *
     * @param warnings is told what of the other LoRA is lost, and what it lacks
     * @throws io.github.txt2lora.CheckpointException if numbers of the other LoRA are not finite
     */
    public static LoraParameters startingFrom(
            StartingLora start,
            NDManager owner,
            List<LoraModule> modules,
            LoraSpec spec,
            TorchGenerator generator,
            Consumer<String> warnings) {
        List<Slot> slots = layOut(modules, spec);
        float[] values = firstValues(slots, generator);
        start.writeTo(slots, values, warnings);
        return new LoraParameters(HostNumbers.vector(owner, values), slots);
    }

    private static float[] firstValues(List<Slot> slots, TorchGenerator generator) {
        float[] values = new float[size(slots)];
        for (Slot slot : slots) {
            LoraModule module = slot.module();
            generator.kaimingUniform(module.shape().fanIn(), slot.downSize());
            generator.kaimingUniform(slot.rank(), slot.upSize());
            float[] down = generator.kaimingUniform(module.shape().fanIn(), slot.downSize());
            System.arraycopy(down, 0, values, slot.downOffset(), down.length);
        }
        return values;
    }

    private static List<Slot> layOut(List<LoraModule> modules, LoraSpec spec) {
        requireOneVector(modules, spec);
        List<Slot> slots = new ArrayList<>();
        int offset = 0;
        for (LoraModule module : modules) {
            int rank = rank(module, spec);
            var slot = new Slot(
                    module,
                    rank,
                    spec.alpha() / rank,
                    offset,
                    offset + rank * module.shape().fanIn());
            slots.add(slot);
            offset = slot.upOffset() + slot.upSize();
        }
        return List.copyOf(slots);
    }

    /**
     * The number of parameters that layers get.
     *
     * @throws InvalidSettingException if the ranks make more than a vector can hold
     */
    public static long count(List<LoraModule> modules, LoraSpec spec) {
        requireOneVector(modules, spec);
        return size(modules, spec);
    }

    private static long size(List<LoraModule> modules, LoraSpec spec) {
        return modules.stream()
                .mapToLong(module -> rank(module, spec)
                        * ((long) module.shape().fanIn() + module.shape().outputs()))
                .sum();
    }

    private static int rank(LoraModule module, LoraSpec spec) {
        return Math.min(spec.rankOf(module.name()), module.shape().maxRank());
    }

    private static void requireOneVector(List<LoraModule> modules, LoraSpec spec) {
        long size = size(modules, spec);
        if (size > MAX_SIZE) {
            throw new InvalidSettingException((spec.layerRanks().isEmpty()
                            ? "rank " + spec.rank().orElseThrow() + " gives"
                            : "rank and layerRanks give")
                    + " this LoRA " + size + " parameters, but one LoRA can have at most " + MAX_SIZE
                    + "; choose a smaller rank");
        }
    }

    /** The parameters of tensors that already have values, in the order given. */
    static LoraParameters of(NDManager owner, List<Slot> slots, float[] values) {
        return new LoraParameters(HostNumbers.vector(owner, values), List.copyOf(slots));
    }

    /**
     * Lets the network use several LoRAs at once, each for its own equal part of a batch. It sees them as they are now;
     * changes need another call.
     *
     * @param loras of one layout
     */
    public static void attachTogether(List<LoraParameters> loras, Denoiser denoiser, NDManager scope) {
        NDArray matrix = NDArrays.stack(
                new NDList(loras.stream().map(LoraParameters::vector).toList()));
        // a stack belongs to the owner of its first part
        matrix.attach(scope);
        denoiser.attachLora(matrix, loras.get(0).layout(), scope);
    }

    private static int size(List<Slot> slots) {
        Slot last = slots.get(slots.size() - 1);
        return last.upOffset() + last.upSize();
    }

    /** The vector of all parameters, [size]. */
    public NDArray vector() {
        return vector;
    }

    /** The modules and their places in the vector. */
    public List<Slot> slots() {
        return slots;
    }

    /** Lets the network use these parameters, and see every change of them; does nothing if it does already. */
    public void attachTo(Denoiser denoiser, NDManager scope) {
        if (!denoiser.hasAttached(vector)) {
            denoiser.attachLora(vector, layout(), scope);
        }
    }

    /** The places as scripts take them; see {@link Denoiser#attachLora}. */
    public Map<String, double[]> layout() {
        Map<String, double[]> layout = new HashMap<>();
        for (Slot slot : slots) {
            LoraModule module = slot.module();
            layout.put(
                    module.name() + ".down",
                    place(slot.downOffset(), module.shape().downShape(slot.rank())));
            layout.put(
                    module.name() + ".up", place(slot.upOffset(), module.shape().upShape(slot.rank())));
            layout.put(module.name() + ".scale", new double[] {slot.scale()});
        }
        return layout;
    }

    private static double[] place(int offset, List<Long> shape) {
        return DoubleStream.concat(DoubleStream.of(offset), shape.stream().mapToDouble(Long::doubleValue))
                .toArray();
    }
}
