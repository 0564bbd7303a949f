/** What a training will take: evaluations of the network, memory and space on the disk. */
@NullMarked
package io.github.txt2lora.leco.estimate;

import org.jspecify.annotations.NullMarked;
