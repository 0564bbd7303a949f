package io.github.txt2lora.leco.state;

import org.jspecify.annotations.Nullable;

/**
 * The state of a {@link io.github.txt2lora.leco.LecoTrainer}, and the one to roll back to.
 *
 * @param trainer its state
 * @param lastGood the state to roll back to, if its policy ever does
 * @param recoveries number of recoveries so far
 */
public record RecoverableState(
        TrainerState trainer, @Nullable TrainerState lastGood, int recoveries) {}
