package io.github.txt2lora.ops;

import java.nio.file.Path;

/**
 * The progress of an operation.
 *
 * @param file the output file
 * @param done finished modules, 1 or more
 * @param total all modules
 * @param module the module that was finished last, by its name in the file
 */
public record OperationProgress(Path file, int done, int total, String module) {}
