/** LoRAs: the modules that get one, their parameters, and the files. */
@NullMarked
package io.github.txt2lora.lora;

import org.jspecify.annotations.NullMarked;
