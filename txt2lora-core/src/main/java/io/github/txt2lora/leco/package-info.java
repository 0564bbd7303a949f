/**
 * The LECO method: a LoRA is trained so that the prediction for one prompt equals a combination of the base model's
 * predictions for others. {@link io.github.txt2lora.leco.LecoStep} is one comparison, {@link
 * io.github.txt2lora.leco.Teacher} gives the base model's predictions, {@link io.github.txt2lora.leco.LecoTrainer} holds
 * one LoRA's training, and {@link io.github.txt2lora.leco.TrainerGroup} trains several over one network. What a step is
 * made of lies in rooms of its own: {@code lesson}, {@code latents}, {@code optimizer}, {@code state} and {@code cache}
 * know nothing of a training; {@code quality}, {@code closedform} and {@code estimate} look at one from outside.
 */
@NullMarked
package io.github.txt2lora.leco;

import org.jspecify.annotations.NullMarked;
