/** Tests of LoRA files and the operations on them. */
@NullMarked
package io.github.txt2lora.lora;

import org.jspecify.annotations.NullMarked;
