/** The families of models: one profile for each says all in which they differ. */
@NullMarked
package io.github.txt2lora.family;

import org.jspecify.annotations.NullMarked;
