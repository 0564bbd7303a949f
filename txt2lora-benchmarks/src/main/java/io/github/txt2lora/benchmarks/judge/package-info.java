/** LoRAs of the demo checkpoint judged by the attributes of the characters in their images. */
@NullMarked
package io.github.txt2lora.benchmarks.judge;

import org.jspecify.annotations.NullMarked;
