package io.github.txt2lora.spark;

/**
 * A message of an executor to the driver.
 *
 * @param run the run that it belongs to
 * @param key the LoRA, by its key in the run
 * @param attempt attempts before this one to do the task, 0 or more
 * @param happening what it tells
 */
record Message(String run, String key, int attempt, Happening happening) {}
