@NullMarked
package io.github.txt2lora.testing;

import org.jspecify.annotations.NullMarked;
