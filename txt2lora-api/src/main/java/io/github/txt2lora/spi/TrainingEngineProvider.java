package io.github.txt2lora.spi;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.TrainingEngine;

/**
 * Creates engines. An implementation has a public constructor without arguments. It is registered in
 * {@code META-INF/services/io.github.txt2lora.spi.TrainingEngineProvider} or in the descriptor of its module.
 */
public interface TrainingEngineProvider {

    /** A short name for messages, for example {@code djl-pytorch}. */
    String name();

    /** Whether its engine is used only if there is no other, as for a test double; false by default. */
    default boolean standsIn() {
        return false;
    }

    /**
     * Opens an engine, which its caller closes.
     *
     * @throws io.github.txt2lora.InvalidSettingException if the device does not exist
     * @throws io.github.txt2lora.Txt2LoraException if the engine cannot start
     */
    TrainingEngine create(EngineOptions options);
}
