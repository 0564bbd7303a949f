@NullMarked
package io.github.txt2lora.internal.job;

import org.jspecify.annotations.NullMarked;
