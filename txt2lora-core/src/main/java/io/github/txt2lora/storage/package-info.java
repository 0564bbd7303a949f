/** Files as such: who may write one, when several programs share a folder, and the digests of what is in them. */
@NullMarked
package io.github.txt2lora.storage;

import org.jspecify.annotations.NullMarked;
