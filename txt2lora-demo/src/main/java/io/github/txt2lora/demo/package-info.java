/** The demo checkpoint. */
@NullMarked
package io.github.txt2lora.demo;

import org.jspecify.annotations.NullMarked;
