package io.github.txt2lora.spi;

import io.github.txt2lora.ops.LoraOperations;

/**
 * Makes LoRA operations. An implementation has a public constructor without arguments and is named in
 * {@code META-INF/services/io.github.txt2lora.spi.LoraOperationsProvider}.
 */
public interface LoraOperationsProvider {

    /** Opens the operations, which the caller closes. */
    LoraOperations create();
}
