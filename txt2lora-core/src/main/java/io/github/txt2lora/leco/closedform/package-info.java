/** A start that solves for the keys and values of cross-attention instead of training them. */
@NullMarked
package io.github.txt2lora.leco.closedform;

import org.jspecify.annotations.NullMarked;
