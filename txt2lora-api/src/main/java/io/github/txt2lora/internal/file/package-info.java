/**
 * Not part of the API: files. Atomic writes, locks between processes, leftovers of killed processes, and digests. May
 * change in any version.
 */
@NullMarked
package io.github.txt2lora.internal.file;

import org.jspecify.annotations.NullMarked;
