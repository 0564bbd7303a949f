/** The state of a training, its file, and resuming from it with the same bytes. */
@NullMarked
package io.github.txt2lora.leco.state;

import org.jspecify.annotations.NullMarked;
