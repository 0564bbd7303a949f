package io.github.txt2lora.leco.estimate;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.diffusion.NetworkMemory;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.lora.LoraModule;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.TrainedLayers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The sizes of a model and a LoRA that the memory of a training follows from.
 *
 * @param weights numbers in the denoiser
 * @param textWeights numbers in the largest text encoder
 * @param network what calls of the denoiser take
 * @param loraNumbers parameters of a LoRA
 * @param loraCopies vectors of so many numbers that a training holds for each LoRA on the device
 * @param hostCopies arrays of so many numbers that the virtual machine holds for each LoRA
 * @param latents their form
 */
record MemoryNeed(
        double weights,
        double textWeights,
        NetworkMemory network,
        double loraNumbers,
        int loraCopies,
        int hostCopies,
        LatentSpace latents) {

    private static final int FLOAT_BYTES = 4;
    private static final int HALF_BYTES = 2;

    /** The parameters, the factor of each, their gradient, and two of an optimizer's step. */
    private static final int COPIES_IN_A_STEP = 5;

    /** The share of a step that each parameter goes, and the parameters before it, where the learning rate is found. */
    private static final int COPIES_OF_SHARED_STEPS = 2;

    /** What a new LoRA, a state and a file are made from. */
    private static final int HOST_COPIES = 4;

    /** The most that waits for the collector beside it; fitted to peaks on the CPU. */
    private static final double MOST_GARBAGE = 128 << 20;

    /** Short-lived copies within operations, and gaps between blocks of memory. */
    private static final double OVERHEAD = 1.15;

    /** A call of the network, with so many models in memory. */
    record Call(Precision precision, ImageSize size, int samples, boolean recomputed, int models) {}

    /** For settings whose rank and optimizer are chosen. */
    static MemoryNeed of(FamilyProfile profile, Checkpoint model, TrainingSpec spec) {
        LoraSpec lora = spec.lora();
        int ofOptimizer = DiskNeed.numbersPerParameter(spec.optimizer().orElseThrow());
        ModelFamily family = model.family();
        double texts = family.networks().stream()
                .filter(Component::isTextEncoder)
                .mapToDouble(encoder -> elements(model, encoder))
                .max()
                .orElse(0);
        List<LoraModule> modules = TrainedLayers.of(profile.loraRules(), shapes(model), spec);
        return new MemoryNeed(
                elements(model, family.denoiser()),
                texts,
                profile.memory(
                        model,
                        modules.stream()
                                .collect(Collectors.toMap(
                                        LoraModule::name,
                                        module -> Math.min(
                                                lora.rankOf(module.name()),
                                                module.shape().maxRank())))),
                numbers(modules, lora),
                COPIES_IN_A_STEP + (spec.learningRate().isEmpty() ? COPIES_OF_SHARED_STEPS : 0) + ofOptimizer,
                HOST_COPIES + (spec.nonFinitePolicy() instanceof NonFinitePolicy.Fail ? 0 : 1 + ofOptimizer),
                family.latents());
    }

    private static Map<String, List<Long>> shapes(Checkpoint model) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        model.tensors(model.family().denoiser()).forEach((name, tensor) -> shapes.put(name, tensor.shape()));
        return shapes;
    }

    private static double numbers(List<LoraModule> modules, LoraSpec lora) {
        return LoraParameters.count(modules, lora);
    }

    private static double elements(Checkpoint model, Component component) {
        return model.tensors(component).values().stream()
                .mapToDouble(TensorView::elements)
                .sum();
    }

    /**
     * Bytes on the device at the most at one time, beside what libtorch takes for itself. Text encoders are gone before
     * the denoiser comes, or before it computes.
     *
     * @param comparison the call with gradient
     * @param predicted samples of the largest call without
     * @param together LoRAs that are trained at the same time
     */
    double bytes(Call comparison, int predicted, int together) {
        int numberBytes = comparison.precision() == Precision.FP32 ? FLOAT_BYTES : HALF_BYTES;
        int height = comparison.size().height() / latents.factor();
        int width = comparison.size().width() / latents.factor();
        double gradient = comparison.samples() * network.gradient(height, width, comparison.recomputed());
        double prediction = predicted * network.prediction(height, width);
        double calls = OVERHEAD * Math.max(gradient, prediction) + network.workspace();
        double training = numberBytes * (comparison.models() * weights + calls)
                + together * loraNumbers * (FLOAT_BYTES * (double) loraCopies + numberBytes);
        return Math.max(numberBytes * textWeights, training);
    }

    /** Bytes of the virtual machine's arrays, which are on the device if that is the CPU. */
    double hostBytes(int together) {
        double live = together * loraNumbers * FLOAT_BYTES * (double) hostCopies;
        return Math.min((double) Runtime.getRuntime().maxMemory(), live + Math.min(live, MOST_GARBAGE));
    }

    /**
     * Bytes of the weights of denoisers and of the largest text encoder, which are loaded together where denoisers are
     * kept.
     */
    double bytesToEncodeBeside(Precision precision, int models) {
        return (precision == Precision.FP32 ? FLOAT_BYTES : HALF_BYTES) * (models * weights + textWeights);
    }
}
