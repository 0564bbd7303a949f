/** Trains the LoRAs of a workspace one after another, and shows, records and reports what came of them. */
@NullMarked
package io.github.txt2lora.batch;

import org.jspecify.annotations.NullMarked;
