/** Tests of the engine through the API. */
@NullMarked
package io.github.txt2lora.engine;

import org.jspecify.annotations.NullMarked;
