/**
 * The LECO method: a LoRA is trained so that the prediction for one prompt equals a combination of the base model's
 * predictions for others. {@link io.github.txt2lora.leco.LecoStep} is one iteration, {@link
 * io.github.txt2lora.leco.LatentDraw} what chance decides in it, {@link io.github.txt2lora.leco.TeacherTarget} what is
 * learnt, and {@link io.github.txt2lora.leco.LecoTrainer} the loop. {@link io.github.txt2lora.leco.ClosedFormStart} takes
 * the first part of the way at once.
 */
@NullMarked
package io.github.txt2lora.leco;

import org.jspecify.annotations.NullMarked;
