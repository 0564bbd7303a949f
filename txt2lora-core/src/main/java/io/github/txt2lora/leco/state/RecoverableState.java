package io.github.txt2lora.leco.state;

import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link io.github.txt2lora.leco.LecoTrainer}, and the one to roll back to.
 *
 * @param trainer where it stands
 * @param lastGood what it would go back to, if its policy ever does
 * @param recoveries how often it did already
 */
public record RecoverableState(
        TrainerState trainer, @Nullable TrainerState lastGood, int recoveries) {}
