/** Gap, drift and recognition of a LoRA, and early stopping. */
@NullMarked
package io.github.txt2lora.leco.quality;

import org.jspecify.annotations.NullMarked;
