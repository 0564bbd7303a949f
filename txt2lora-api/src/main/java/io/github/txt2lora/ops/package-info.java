/**
 * What can be done with finished LoRA files: resize, merge, convert, inspect. {@link
 * io.github.txt2lora.ops.LoraOperations#open()} is where to begin.
 */
@NullMarked
package io.github.txt2lora.ops;

import org.jspecify.annotations.NullMarked;
