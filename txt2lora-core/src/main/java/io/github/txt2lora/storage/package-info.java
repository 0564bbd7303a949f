/** Who may write a file, when several programs share a folder. */
@NullMarked
package io.github.txt2lora.storage;

import org.jspecify.annotations.NullMarked;
