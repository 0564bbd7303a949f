package io.github.txt2lora.ops;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.List;

/**
 * A merge of LoRAs into a checkpoint.
 *
 * @param checkpoint a Stable Diffusion checkpoint in one {@code .safetensors} file
 * @param loras LoRA files for its family, at least one, each with its weight, which may be negative
 * @param output the checkpoint to write
 */
public record CheckpointMerge(Path checkpoint, List<LoraWeight> loras, Path output) {

    /** Checks that there is something to merge. */
    public CheckpointMerge {
        Check.given("checkpoint", checkpoint);
        Check.given("output", output);
        loras = List.copyOf(loras);
        if (loras.isEmpty()) {
            throw new InvalidSettingException("loras is empty; expected one or more LoRA files to merge");
        }
    }
}
