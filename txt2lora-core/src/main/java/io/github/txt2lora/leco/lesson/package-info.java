/**
 * What a training teaches: which prompts get a new meaning, which are kept, and the goal of each, derived from the
 * prompt pairs.
 */
@NullMarked
package io.github.txt2lora.leco.lesson;

import org.jspecify.annotations.NullMarked;
