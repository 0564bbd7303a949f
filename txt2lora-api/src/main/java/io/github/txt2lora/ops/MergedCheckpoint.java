package io.github.txt2lora.ops;

import java.nio.file.Path;

/**
 * The result of a merge into a checkpoint.
 *
 * @param file the checkpoint that was made
 * @param changedTensors how many of its tensors were changed
 * @param copiedTensors how many were copied as they were
 */
public record MergedCheckpoint(Path file, int changedTensors, int copiedTensors) {}
