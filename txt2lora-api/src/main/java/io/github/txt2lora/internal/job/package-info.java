/** Not part of the API: events, completion and process exit, shared by all engines. May change in any version. */
@NullMarked
package io.github.txt2lora.internal.job;

import org.jspecify.annotations.NullMarked;
