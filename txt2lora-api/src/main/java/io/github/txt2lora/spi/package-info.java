/** The interfaces that an engine implements for {@link io.github.txt2lora.TrainingEngine#open()} to find it. */
@NullMarked
package io.github.txt2lora.spi;

import org.jspecify.annotations.NullMarked;
