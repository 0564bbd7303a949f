package io.github.txt2lora.spi;

import io.github.txt2lora.ops.LoraOperations;

/**
 * Creates LoRA operations. An implementation has a public constructor without arguments. It is registered in
 * {@code META-INF/services/io.github.txt2lora.spi.LoraOperationsProvider} or in the descriptor of its module.
 */
public interface LoraOperationsProvider {

    /** Opens the operations, which the caller closes. */
    LoraOperations create();
}
