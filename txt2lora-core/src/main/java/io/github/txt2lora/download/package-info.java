/** Base models from the web: whole, of the right kind and only once, whatever the line and the server do. */
@NullMarked
package io.github.txt2lora.download;

import org.jspecify.annotations.NullMarked;
