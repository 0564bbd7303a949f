/** The events of a training as values, and the listener that receives them. */
@NullMarked
package io.github.txt2lora.event;

import org.jspecify.annotations.NullMarked;
