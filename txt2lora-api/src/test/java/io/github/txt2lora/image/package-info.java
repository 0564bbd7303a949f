@NullMarked
package io.github.txt2lora.image;

import org.jspecify.annotations.NullMarked;
