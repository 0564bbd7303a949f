package io.github.txt2lora.lora;

import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.spi.LoraOperationsProvider;

/** Offers the operations to {@link LoraOperations#open()}. */
public final class DjlLoraOperationsProvider implements LoraOperationsProvider {

    /** Called by the ServiceLoader. */
    public DjlLoraOperationsProvider() {}

    @Override
    public LoraOperations create() {
        return new DjlLoraOperations();
    }
}
