@NullMarked
package io.github.txt2lora.samples;

import org.jspecify.annotations.NullMarked;
