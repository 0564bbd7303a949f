/** Tests of the benchmarks' own parts. */
@NullMarked
package io.github.txt2lora.benchmarks.judge;

import org.jspecify.annotations.NullMarked;
