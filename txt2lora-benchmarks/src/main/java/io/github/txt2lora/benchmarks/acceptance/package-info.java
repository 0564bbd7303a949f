/** The acceptance run: everything that is to work on a device, in one command. */
@NullMarked
package io.github.txt2lora.benchmarks.acceptance;

import org.jspecify.annotations.NullMarked;
