/** Not part of the API: what engines share in telling listeners and waiting threads. May change in any version. */
@NullMarked
package io.github.txt2lora.internal.job;

import org.jspecify.annotations.NullMarked;
