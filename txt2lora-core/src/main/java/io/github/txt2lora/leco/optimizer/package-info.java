/** From gradients to new weights: optimizers, learning rates and loss scaling in 16 bits. */
@NullMarked
package io.github.txt2lora.leco.optimizer;

import org.jspecify.annotations.NullMarked;
