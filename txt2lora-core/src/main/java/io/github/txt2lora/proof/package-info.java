/** Proof that a device computes what the CPU does: the check behind {@code DeviceCheck}. */
@NullMarked
package io.github.txt2lora.proof;

import org.jspecify.annotations.NullMarked;
