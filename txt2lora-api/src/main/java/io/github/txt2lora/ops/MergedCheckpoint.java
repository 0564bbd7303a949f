package io.github.txt2lora.ops;

import java.nio.file.Path;

/**
 * The result of a merge into a checkpoint.
 *
 * @param file the new checkpoint
 * @param changedTensors number of changed tensors
 * @param copiedTensors number of copied tensors
 */
public record MergedCheckpoint(Path file, int changedTensors, int copiedTensors) {}
