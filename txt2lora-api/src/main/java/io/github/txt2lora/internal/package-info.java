/** Not part of the API: checks that the values of all packages share. May change in any version. */
@NullMarked
package io.github.txt2lora.internal;

import org.jspecify.annotations.NullMarked;
