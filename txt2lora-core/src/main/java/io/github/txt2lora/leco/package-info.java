/**
 * The LECO method: a LoRA is trained so that the prediction for one prompt equals a linear combination of the base
 * model's predictions for others. {@link io.github.txt2lora.leco.LecoStep} makes one comparison, {@link
 * io.github.txt2lora.leco.Teacher} provides the base model's predictions, {@link io.github.txt2lora.leco.LecoTrainer}
 * trains one LoRA, and {@link io.github.txt2lora.leco.TrainerGroup} makes the iterations of one or of several over one network. The parts of a step
 * are in rooms of their own: {@code lesson}, {@code latents}, {@code optimizer}, {@code state} and {@code cache} know
 * nothing of a training, while {@code quality}, {@code closedform} and {@code estimate} look at one from outside.
 */
@NullMarked
package io.github.txt2lora.leco;

import org.jspecify.annotations.NullMarked;
