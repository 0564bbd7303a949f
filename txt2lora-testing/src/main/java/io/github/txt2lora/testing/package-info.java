/**
 * For tests without a model: {@link io.github.txt2lora.testing.FakeTrainingEngine}, which follows a script; and
 * abstract tests that every engine must pass.
 */
@NullMarked
package io.github.txt2lora.testing;

import org.jspecify.annotations.NullMarked;
