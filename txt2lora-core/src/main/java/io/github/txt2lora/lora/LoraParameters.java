package io.github.txt2lora.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All matrices of a LoRA in one float32 vector on the device, so that an optimizer's step, a norm or a copy is one
 * operation. The network sees views of it.
 */
public final class LoraParameters {

    /** What a Java array can hold. */
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
     * @param downOffset where {@code lora_down} begins
     * @param upOffset where {@code lora_up} begins
     */
    public record Slot(LoraModule module, int rank, double scale, int downOffset, int upOffset) {

        /** Number of elements of {@code lora_down}. */
        public int downSize() {
            return rank * module.fanIn();
        }

        /** Number of elements of {@code lora_up}. */
        public int upSize() {
            return rank * module.outputs();
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
        float[] values = new float[size(slots)];
        for (Slot slot : slots) {
            LoraModule module = slot.module();
            generator.kaimingUniform(module.fanIn(), slot.downSize());
            generator.kaimingUniform(slot.rank(), slot.upSize());
            float[] down = generator.kaimingUniform(module.fanIn(), slot.downSize());
            System.arraycopy(down, 0, values, slot.downOffset(), down.length);
        }
        return new LoraParameters(owner.create(values), slots);
    }

    private static List<Slot> layOut(List<LoraModule> modules, LoraSpec spec) {
        requireOneVector(modules, spec.rank());
        List<Slot> slots = new ArrayList<>();
        int offset = 0;
        for (LoraModule module : modules) {
            int rank = Math.min(spec.rank(), module.maxRank());
            var slot = new Slot(module, rank, spec.alpha() / rank, offset, offset + rank * module.fanIn());
            slots.add(slot);
            offset = slot.upOffset() + slot.upSize();
        }
        return List.copyOf(slots);
    }

    private static void requireOneVector(List<LoraModule> modules, int rank) {
        long size = modules.stream()
                .mapToLong(module -> Math.min(rank, module.maxRank()) * ((long) module.fanIn() + module.outputs()))
                .sum();
        if (size > MAX_SIZE) {
            throw new InvalidSettingException("rank " + rank + " gives this LoRA " + size
                    + " parameters, but one LoRA can have at most " + MAX_SIZE + "; choose a smaller rank");
        }
    }

    /** The parameters of tensors that already have values, in the order given. */
    static LoraParameters of(NDManager owner, List<Slot> slots, float[] values) {
        return new LoraParameters(owner.create(values), List.copyOf(slots));
    }

    /**
     * The same parameters as rows of one matrix, so that a network can use them all at once. What changes a row changes
     * the matrix.
     *
     * @param owner the scope that will own the matrix
     * @param loras of one layout
     */
    public static Stack stack(NDManager owner, List<LoraParameters> loras) {
        NDArray matrix = NDArrays.stack(
                new NDList(loras.stream().map(LoraParameters::vector).toList()));
        matrix.attach(owner);
        List<LoraParameters> rows = new ArrayList<>();
        for (int i = 0; i < loras.size(); i++) {
            rows.add(new LoraParameters(matrix.get(i), loras.get(i).slots()));
        }
        return new Stack(matrix, List.copyOf(rows));
    }

    /**
     * Several LoRAs of one layout.
     *
     * @param matrix [number of LoRAs, parameters of each]
     * @param rows the LoRAs, whose vectors are rows of the matrix
     */
    public record Stack(NDArray matrix, List<LoraParameters> rows) {

        /** Lets the network use them all, each for its own equal part of a batch. */
        public void attachTo(UNet unet, NDManager scope) {
            unet.attachLora(matrix, rows.get(0).layout(), scope);
        }
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

    /** Lets the network use these parameters, and see every change of them. */
    public void attachTo(UNet unet, NDManager scope) {
        unet.attachLora(vector, layout(), scope);
    }

    /** The places as scripts take them; see {@link UNet#attachLora}. */
    public Map<String, double[]> layout() {
        Map<String, double[]> layout = new HashMap<>();
        for (Slot slot : slots) {
            LoraModule module = slot.module();
            layout.put(module.name() + ".down", place(slot.downOffset(), module.downShape(slot.rank())));
            layout.put(module.name() + ".up", place(slot.upOffset(), module.upShape(slot.rank())));
            layout.put(module.name() + ".scale", new double[] {slot.scale()});
        }
        return layout;
    }

    private static double[] place(int offset, long[] shape) {
        double[] place = new double[shape.length + 1];
        place[0] = offset;
        for (int i = 0; i < shape.length; i++) {
            place[i + 1] = shape[i];
        }
        return place;
    }
}
