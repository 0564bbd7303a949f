/** Images: a request in, images out, drawn by the same engine that trains. */
@NullMarked
package io.github.txt2lora.image;

import org.jspecify.annotations.NullMarked;
