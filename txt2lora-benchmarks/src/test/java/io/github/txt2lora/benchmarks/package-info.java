/** Tests of the benchmarks' own parts. */
@NullMarked
package io.github.txt2lora.benchmarks;

import org.jspecify.annotations.NullMarked;
