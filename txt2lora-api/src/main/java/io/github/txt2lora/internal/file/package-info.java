/** Not part of the API: files that are written whole or not at all. May change in any version. */
@NullMarked
package io.github.txt2lora.internal.file;

import org.jspecify.annotations.NullMarked;
