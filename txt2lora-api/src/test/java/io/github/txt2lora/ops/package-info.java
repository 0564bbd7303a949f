/** Tests of the values of LoRA operations. */
@NullMarked
package io.github.txt2lora.ops;

import org.jspecify.annotations.NullMarked;
