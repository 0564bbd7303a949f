package io.github.txt2lora.text;

/**
 * One of the prompts that {@code AND} separates.
 *
 * @param text what stands between
 * @param weight what its share of the guidance is multiplied by, 1 where none was written
 */
public record PromptPart(String text, double weight) {}
