@NullMarked
package io.github.txt2lora.spark;

import org.jspecify.annotations.NullMarked;
