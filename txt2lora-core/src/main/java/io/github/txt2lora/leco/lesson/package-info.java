/** The lesson of a training, derived from its prompt pairs: new meanings, prompts to preserve, and the goal of each. */
@NullMarked
package io.github.txt2lora.leco.lesson;

import org.jspecify.annotations.NullMarked;
