package io.github.txt2lora.image;

import io.github.txt2lora.internal.Check;
import java.nio.file.Path;

/**
 * A LoRA and how strongly it applies, as {@code <lora:name:weight>} in a prompt.
 *
 * @param file a {@code .safetensors} file with kohya's key names
 * @param weight 1 for as it was trained; any finite number, negative ones turn it around
 */
public record LoraWeight(Path file, double weight) {

    /**
     * Checks both components.
     *
     * @throws io.github.txt2lora.InvalidSettingException if the weight is not finite
     */
    public LoraWeight {
        Check.given("lora file", file);
        Check.finite("lora weight", weight);
    }
}
