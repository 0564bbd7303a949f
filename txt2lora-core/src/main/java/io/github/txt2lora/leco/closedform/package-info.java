/** The closed-form start: a solution for the keys and values of cross-attention, without training. */
@NullMarked
package io.github.txt2lora.leco.closedform;

import org.jspecify.annotations.NullMarked;
