package io.github.txt2lora.workspace;

/**
 * LECO's {@code prompts_file} as it stands in a file of settings.
 *
 * @param path as it is written
 * @param line of the key, from 1
 */
record PromptsPath(String path, int line) {}
