/** The only package that uses PyTorch directly: script modules, devices, precision, native memory, random numbers. */
@NullMarked
package io.github.txt2lora.torch;

import org.jspecify.annotations.NullMarked;
