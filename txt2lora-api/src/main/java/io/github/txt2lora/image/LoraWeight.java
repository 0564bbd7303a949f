package io.github.txt2lora.image;

import io.github.txt2lora.internal.Check;
import java.nio.file.Path;

/**
 * A LoRA and its weights, as {@code <lora:name:weight>} or {@code <lora:name:textEncoderWeight:weight>} in a prompt.
 *
 * @param file a {@code .safetensors} file in the naming of kohya, LECO, diffusers, PEFT or of single files
 * @param weight factor on its effect on the UNet, finite; 1 is the trained strength, a negative factor reverses the
 *     effect
 * @param textEncoderWeight factor on its effect on the text encoders, likewise
 */
public record LoraWeight(Path file, double weight, double textEncoderWeight) {

    /**
     * Checks the components.
     *
     * @throws io.github.txt2lora.InvalidSettingException if a weight is not finite
     */
    public LoraWeight {
        Check.given("lora file", file);
        Check.finite("lora weight", weight);
        Check.finite("lora weight for text encoders", textEncoderWeight);
    }

    /**
     * A LoRA with one weight for UNet and text encoders.
     *
     * @throws io.github.txt2lora.InvalidSettingException if the weight is not finite
     */
    public LoraWeight(Path file, double weight) {
        this(file, weight, weight);
    }

    /** Whether both weights are the same. */
    public boolean hasOneWeight() {
        return weight == textEncoderWeight;
    }
}
