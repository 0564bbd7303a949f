/** Not part of the API: checks and texts shared by all packages. May change in any version. */
@NullMarked
package io.github.txt2lora.internal;

import org.jspecify.annotations.NullMarked;
