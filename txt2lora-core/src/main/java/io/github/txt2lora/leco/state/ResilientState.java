package io.github.txt2lora.leco.state;

import io.github.txt2lora.leco.ResilientTrainer;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link ResilientTrainer} stands.
 *
 * @param trainer where its trainer stands
 * @param lastGood what it would go back to, if its policy ever does
 * @param recoveries how often it did already
 */
public record ResilientState(TrainerState trainer, @Nullable TrainerState lastGood, int recoveries) {}
