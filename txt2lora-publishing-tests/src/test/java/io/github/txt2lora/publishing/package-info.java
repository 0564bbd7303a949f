@NullMarked
package io.github.txt2lora.publishing;

import org.jspecify.annotations.NullMarked;
