/** Estimates of a training: evaluations of the network, memory and disk space. */
@NullMarked
package io.github.txt2lora.leco.estimate;

import org.jspecify.annotations.NullMarked;
