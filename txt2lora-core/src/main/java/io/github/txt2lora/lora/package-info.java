/** LoRAs: which modules get one, their parameters, and the file. */
@NullMarked
package io.github.txt2lora.lora;

import org.jspecify.annotations.NullMarked;
