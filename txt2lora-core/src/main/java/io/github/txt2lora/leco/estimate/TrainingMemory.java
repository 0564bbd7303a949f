package io.github.txt2lora.leco.estimate;

import com.sun.management.OperatingSystemMXBean;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.leco.latents.LatentDraw;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The memory that a training takes at the most, from rules that were fitted to peaks of models of full size on the CPU
 * (docs/benchmarks.md): the denoiser's weights; what a backward pass keeps for each place of the latents and image of a
 * batch, in the precision of the training; the LoRA with its gradient and optimizer; and {@value #BASE_MEBIBYTES} MiB
 * for Java and libtorch. Text encoders are gone before the denoiser comes.
 *
 * @param bytes at the most at one time
 * @param largest the pair of prompts that takes most
 * @param precision of the network
 * @param together LoRAs that are trained at the same time
 */
public record TrainingMemory(long bytes, PromptPair largest, Precision precision, int together) {

    private static final int BASE_MEBIBYTES = 700;
    private static final int FLOAT_BYTES = 4;
    private static final int HALF_BYTES = 2;

    /** The share of the denoiser's weights that one rank of a LoRA has. */
    private static final double LORA_SHARE = 1e-3;

    /** The LoRA, its gradient, two numbers of the optimizer, and copies on their way to a file. */
    private static final int COPIES_OF_LORA = 6;

    /**
     * The model's sizes that memory depends on.
     *
     * @param weights numbers in the denoiser
     * @param textWeights numbers in the largest text encoder
     * @param keptNumbers numbers that a backward pass keeps for each place of the latents
     * @param latents their form
     */
    record ModelSize(double weights, double textWeights, double keptNumbers, LatentSpace latents) {

        static ModelSize of(FamilyProfile profile, Checkpoint model) {
            ModelFamily family = model.family();
            double texts = family.networks().stream()
                    .filter(Component::isTextEncoder)
                    .mapToDouble(encoder -> elements(model, encoder))
                    .max()
                    .orElse(0);
            return new ModelSize(
                    elements(model, family.denoiser()), texts, profile.keptNumbers(model), family.latents());
        }
    }

    /**
     * Estimates.
     *
     * @param profile of the model's family
     * @param prompts one or more
     * @param together LoRAs that are trained at the same time, 1 or more
     * @throws InvalidSettingException if a batch is more than an array can hold
     */
    public static TrainingMemory of(
            FamilyProfile profile, Checkpoint model, TrainingSpec spec, List<PromptPair> prompts, int together) {
        return of(ModelSize.of(profile, model), spec, prompts, together);
    }

    static TrainingMemory of(ModelSize model, TrainingSpec spec, List<PromptPair> prompts, int together) {
        prompts.forEach(pair -> LatentDraw.requireDrawable(pair, model.latents()));
        int numberBytes = spec.modelUse().precision() == Precision.FP32 ? FLOAT_BYTES : HALF_BYTES;
        PromptPair largest = prompts.stream()
                .max(Comparator.comparingDouble(pair -> places(pair, model.latents())))
                .orElseThrow();
        double activations = places(largest, model.latents())
                * MethodWork.of(spec, prompts).comparedSamples()
                * together
                * model.keptNumbers();
        // ranks are cut to the sides of the layers
        double lora = model.weights() * Math.min(1, LORA_SHARE * spec.lora().rank());
        double training =
                (model.weights() + activations) * numberBytes + lora * FLOAT_BYTES * COPIES_OF_LORA * together;
        double base = (double) BASE_MEBIBYTES * (1 << 20);
        double most = Math.max(model.textWeights() * numberBytes, training);
        return new TrainingMemory((long) (most + base), largest, spec.modelUse().precision(), together);
    }

    private static double places(PromptPair pair, LatentSpace latents) {
        double side = (double) pair.resolution() / latents.factor();
        return side * side * pair.batchSize();
    }

    private static double elements(Checkpoint model, Component component) {
        return model.tensors(component).values().stream()
                .mapToDouble(TensorView::elements)
                .sum();
    }

    /**
     * A warning if this machine has less memory. A system that runs out of memory becomes very slow, or ends the
     * process.
     *
     * @return a sentence that says what takes the memory; empty where it fits, or the system does not tell what it has
     */
    public Optional<String> shortage() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? shortage(system.getTotalMemorySize())
                : Optional.empty();
    }

    /** As {@link #shortage()} on a machine with so many bytes. */
    Optional<String> shortage(long available) {
        if (bytes <= available) {
            return Optional.empty();
        }
        return Optional.of("the training takes about " + ByteSize.text(bytes) + " of memory at resolution "
                + largest.resolution() + " and batch size " + largest.batchSize()
                + (together > 1 ? " with " + together + " LoRAs together" : "") + ", and this machine has "
                + ByteSize.text(available) + "; lower the resolution or the batch size"
                + (precision == Precision.FP32 ? ", or set precision BF16" : ""));
    }

    /**
     * Checks that it fits into this machine's memory.
     *
     * @throws InvalidSettingException if it does not
     */
    public void requireFits() {
        shortage().ifPresent(shortage -> {
            throw new InvalidSettingException(shortage);
        });
    }
}
