package io.github.txt2lora.text;

/**
 * {@code <lora:name:weight>} in a prompt.
 *
 * @param name the file's name without its ending
 * @param weight 1 where none was written
 */
public record LoraTag(String name, double weight) {}
