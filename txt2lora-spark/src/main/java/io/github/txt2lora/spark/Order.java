package io.github.txt2lora.spark;

import io.github.txt2lora.LoraTraining;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a task is to train at the same time.
 *
 * @param parts one for each LoRA
 */
record Order(List<Part> parts) {

    /**
     * One LoRA.
     *
     * @param key identifies it in the run: its name, or the place of its training
     * @param models files and folders of its models that the driver sees
     * @param training its training; empty for a LoRA of the workspace
     */
    record Part(String key, List<Path> models, Optional<LoraTraining> training) {}

    List<String> keys() {
        return parts.stream().map(Part::key).toList();
    }
}
