/** The command line. */
@NullMarked
package io.github.txt2lora.cli;

import org.jspecify.annotations.NullMarked;
