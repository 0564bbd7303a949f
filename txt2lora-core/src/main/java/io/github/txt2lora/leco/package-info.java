/** The training itself: steps and loop, noisy latents, optimizers, learning rates, resuming. */
@NullMarked
package io.github.txt2lora.leco;

import org.jspecify.annotations.NullMarked;
