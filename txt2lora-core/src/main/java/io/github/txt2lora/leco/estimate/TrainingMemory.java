package io.github.txt2lora.leco.estimate;

import com.sun.management.OperatingSystemMXBean;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.leco.latents.LatentDraw;
import java.lang.management.ManagementFactory;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The memory that a training takes at the most, from rules that were fitted to peaks of models of full size on the
 * processor (docs/benchmarks.md): the UNet's weights; what a backward pass keeps for each latent pixel, picture of a
 * batch and channel of the UNet's first level, in the precision of the training; the LoRA with its gradient and
 * optimizer; and {@value #BASE_MEBIBYTES} MiB for Java and libtorch. Text encoders are gone before the UNet comes.
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

    /** What a rank of a LoRA has, of the UNet's weights. */
    private static final double LORA_SHARE = 1e-3;

    /** The LoRA, its gradient, two numbers of the optimizer, and what is on its way to a file. */
    private static final int COPIES_OF_LORA = 6;

    private static final int PIXELS_PER_LATENT = 8;

    /**
     * The model's sizes that memory depends on.
     *
     * @param unetWeights numbers in the UNet
     * @param textWeights numbers in the larger text encoder
     * @param width channels of the UNet's first level
     */
    record ModelSize(ModelFamily family, double unetWeights, double textWeights, int width) {

        static ModelSize of(Checkpoint model) {
            double texts = elements(model, Component.TEXT_ENCODER);
            if (model.family().has(Component.TEXT_ENCODER_2)) {
                texts = Math.max(texts, elements(model, Component.TEXT_ENCODER_2));
            }
            return new ModelSize(
                    model.family(),
                    elements(model, Component.UNET),
                    texts,
                    model.unet().widths().get(0));
        }
    }

    /**
     * Estimates.
     *
     * @param prompts one or more
     * @param together LoRAs that are trained at the same time, 1 or more
     * @throws InvalidSettingException if a batch is more than an array can hold
     */
    public static TrainingMemory of(Checkpoint model, TrainingSpec spec, List<PromptPair> prompts, int together) {
        return of(ModelSize.of(model), spec, prompts, together);
    }

    static TrainingMemory of(ModelSize model, TrainingSpec spec, List<PromptPair> prompts, int together) {
        prompts.forEach(LatentDraw::requireDrawable);
        int numberBytes = spec.modelUse().precision() == Precision.FP32 ? FLOAT_BYTES : HALF_BYTES;
        PromptPair largest = prompts.stream()
                .max(Comparator.comparingDouble(TrainingMemory::latentPixels))
                .orElseThrow();
        double activations = latentPixels(largest)
                * MethodWork.of(spec).comparedSamples()
                * together
                * model.width()
                * keptNumbers(model.family());
        // ranks are cut to the sides of the layers
        double lora = model.unetWeights() * Math.min(1, LORA_SHARE * spec.lora().rank());
        double training =
                (model.unetWeights() + activations) * numberBytes + lora * FLOAT_BYTES * COPIES_OF_LORA * together;
        double base = (double) BASE_MEBIBYTES * (1 << 20);
        double most = Math.max(model.textWeights() * numberBytes, training);
        return new TrainingMemory((long) (most + base), largest, spec.modelUse().precision(), together);
    }

    /** What a backward pass keeps for each latent pixel and channel of the first level. */
    private static double keptNumbers(ModelFamily family) {
        return switch (family) {
            case SD1, SD2 -> 400;
            case SDXL -> 750;
        };
    }

    private static double latentPixels(PromptPair pair) {
        double side = (double) pair.resolution() / PIXELS_PER_LATENT;
        return side * side * pair.batchSize();
    }

    private static double elements(Checkpoint model, Component component) {
        return model.tensors(component).values().stream()
                .mapToDouble(TensorView::elements)
                .sum();
    }

    /**
     * What is wrong if this machine has less; a system that runs out of memory gets slow without end, or ends the
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
