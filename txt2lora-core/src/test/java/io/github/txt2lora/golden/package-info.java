/** Access to recorded reference values. */
@NullMarked
package io.github.txt2lora.golden;

import org.jspecify.annotations.NullMarked;
