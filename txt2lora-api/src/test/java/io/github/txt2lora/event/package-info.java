@NullMarked
package io.github.txt2lora.event;

import org.jspecify.annotations.NullMarked;
