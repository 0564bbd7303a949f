/** Service provider interfaces: engines, LoRA operations and downloads of models. */
@NullMarked
package io.github.txt2lora.spi;

import org.jspecify.annotations.NullMarked;
