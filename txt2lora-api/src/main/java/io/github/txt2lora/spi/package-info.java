/** What an engine implements to be found by {@link io.github.txt2lora.TrainingEngine#open()}. */
@NullMarked
package io.github.txt2lora.spi;

import org.jspecify.annotations.NullMarked;
