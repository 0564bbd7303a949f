package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.torch.TorchGenerator;

/**
 * Scope, random stream and observer of a step of the training.
 *
 * @param scope owns the step's arrays
 * @param generator the training's random stream
 * @param observer sees arrays on the way
 */
public record StepContext(NDManager scope, TorchGenerator generator, StepObserver observer) {}
