/** Caches of the base model's predictions for recurring latents, in memory and on disk. */
@NullMarked
package io.github.txt2lora.leco.cache;

import org.jspecify.annotations.NullMarked;
