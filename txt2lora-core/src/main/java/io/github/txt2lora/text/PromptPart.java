package io.github.txt2lora.text;

/**
 * One of the prompts that {@code AND} separates.
 *
 * @param text the text between
 * @param weight factor on its share of the guidance, 1 where none was written
 */
public record PromptPart(String text, double weight) {}
