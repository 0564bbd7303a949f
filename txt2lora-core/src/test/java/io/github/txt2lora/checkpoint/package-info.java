/** Tests of the model files. */
@NullMarked
package io.github.txt2lora.checkpoint;

import org.jspecify.annotations.NullMarked;
