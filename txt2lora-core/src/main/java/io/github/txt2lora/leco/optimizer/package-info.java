/** How a gradient changes the LoRA: optimizers, learning rates and the scale of the loss in 16 bits. */
@NullMarked
package io.github.txt2lora.leco.optimizer;

import org.jspecify.annotations.NullMarked;
