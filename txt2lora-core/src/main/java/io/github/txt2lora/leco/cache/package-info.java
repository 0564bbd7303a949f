/**
 * What the base model predicts for latents that come again is kept here, in memory and in files, so that it is
 * computed once.
 */
@NullMarked
package io.github.txt2lora.leco.cache;

import org.jspecify.annotations.NullMarked;
