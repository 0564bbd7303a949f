@NullMarked
package io.github.txt2lora;

import org.jspecify.annotations.NullMarked;
