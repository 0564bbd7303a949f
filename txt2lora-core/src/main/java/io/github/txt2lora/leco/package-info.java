/**
 * The LECO method: a LoRA is trained so that the prediction for one prompt equals a linear combination of the base
 * model's predictions for others. {@link io.github.txt2lora.leco.Teacher} provides the base model's predictions,
 * {@link io.github.txt2lora.leco.LecoStep} makes one comparison, {@link io.github.txt2lora.leco.LecoTrainer} trains one
 * LoRA, and {@link io.github.txt2lora.leco.TrainerGroup} makes the iterations of one or several over one network.
 *
 * <p>The parts of a step have their own packages, which do not depend on a training: {@code lesson}, {@code latents},
 * {@code optimizer}, {@code state} and {@code cache}. The packages {@code quality}, {@code closedform} and
 * {@code estimate} use a training.
 */
@NullMarked
package io.github.txt2lora.leco;

import org.jspecify.annotations.NullMarked;
