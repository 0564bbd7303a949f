/**
 * The API of txt2lora: values, builders, the engine and its jobs.
 *
 * <p>Values are immutable. One of many parts has a {@code builder()} and {@code toBuilder()}; a choice or a small group
 * starts with a named factory, such as {@code defaults()} or {@code never()}, and changes by methods called
 * {@code with...}. What may be absent is an {@code Optional}; null is refused everywhere.
 */
@NullMarked
package io.github.txt2lora;

import org.jspecify.annotations.NullMarked;
