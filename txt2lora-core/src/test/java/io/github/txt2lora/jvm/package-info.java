/** Programs in a JVM of their own. */
@NullMarked
package io.github.txt2lora.jvm;

import org.jspecify.annotations.NullMarked;
