@NullMarked
package io.github.txt2lora.internal;

import org.jspecify.annotations.NullMarked;
