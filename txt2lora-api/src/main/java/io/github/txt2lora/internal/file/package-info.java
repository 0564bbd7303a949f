/**
 * Not part of the API: files as such. Who may write one, how it is written whole or not at all, when several programs share
 * a folder, and the digests of what is in them. May change in any version.
 */
@NullMarked
package io.github.txt2lora.internal.file;

import org.jspecify.annotations.NullMarked;
