/** How much is left to learn, how far other prompts have moved, and when it is enough. */
@NullMarked
package io.github.txt2lora.leco.quality;

import org.jspecify.annotations.NullMarked;
