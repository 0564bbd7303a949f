/** The one place that touches PyTorch: script modules, devices, precision, native memory, random numbers. */
@NullMarked
package io.github.txt2lora.torch;

import org.jspecify.annotations.NullMarked;
