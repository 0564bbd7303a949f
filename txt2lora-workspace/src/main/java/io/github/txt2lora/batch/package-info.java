/**
 * The LoRAs of a workspace: checks, trains, resizes and previews them, one after another or several at a time, and
 * records and reports the results.
 */
@NullMarked
package io.github.txt2lora.batch;

import org.jspecify.annotations.NullMarked;
