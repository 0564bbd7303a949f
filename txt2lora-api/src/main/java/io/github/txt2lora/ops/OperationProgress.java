package io.github.txt2lora.ops;

import java.nio.file.Path;

/**
 * The progress of an operation.
 *
 * @param file the output file
 * @param done number of finished modules, 1 or more
 * @param total number of modules
 * @param module name of the last finished module in the file
 */
public record OperationProgress(Path file, int done, int total, String module) {}
