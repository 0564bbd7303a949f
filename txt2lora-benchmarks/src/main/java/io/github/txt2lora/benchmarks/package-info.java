/** Benchmarks of speed and memory: whole trainings, each in a JVM of its own, and JMH benchmarks of their parts. */
@NullMarked
package io.github.txt2lora.benchmarks;

import org.jspecify.annotations.NullMarked;
