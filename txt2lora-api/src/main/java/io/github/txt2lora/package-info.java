/** The API of txt2lora: values, builders, the engine and its jobs. */
@NullMarked
package io.github.txt2lora;

import org.jspecify.annotations.NullMarked;
