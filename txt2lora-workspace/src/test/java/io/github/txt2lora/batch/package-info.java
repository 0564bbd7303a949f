@NullMarked
package io.github.txt2lora.batch;

import org.jspecify.annotations.NullMarked;
