/**
 * Tests without a model: {@link io.github.txt2lora.testing.FakeTrainingEngine}, which follows a script, and the
 * contract tests of engines.
 */
@NullMarked
package io.github.txt2lora.testing;

import org.jspecify.annotations.NullMarked;
