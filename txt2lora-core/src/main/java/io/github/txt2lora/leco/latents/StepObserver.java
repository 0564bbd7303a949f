package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;

/** Sees the tensors of an iteration as they arise; they are valid during the call only. */
public interface StepObserver {

    /** Sees nothing. */
    StepObserver NONE = new StepObserver() {};

    /** The sampled lesson, from 0. */
    default void onLesson(int number) {}

    /** The random choices for a rollout: its number of steps, and the noise to begin with. */
    default void onDraw(int denoisingSteps, LatentDraw draw) {}

    /** The latents that the rollout starts from. */
    default void onInitialLatents(NDArray latents) {}

    /** The latents that the predictions are compared at, and their time step. */
    default void onDenoised(NDArray latents, double timestep) {}

    /** The base model's prediction for a prompt. */
    default void onTeacherPrediction(String prompt, NDArray prediction) {}

    /** The goal for the prediction of the target prompt. */
    default void onGoal(NDArray goal) {}

    /** The prediction for the target prompt with the LoRA on, and the gradient of the loss. */
    default void onStudent(NDArray prediction, NDArray gradient) {}
}
