package io.github.txt2lora.ops;

import java.nio.file.Path;

/**
 * How far an operation is.
 *
 * @param file the file that is being made
 * @param done modules that are done, 1 or more
 * @param total modules in all
 * @param module the module that was done last, as the file names it
 */
public record OperationProgress(Path file, int done, int total, String module) {}
