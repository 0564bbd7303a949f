package io.github.txt2lora.batch;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.TrainingEngine;
import org.jspecify.annotations.Nullable;

/** An engine on the CPU that opens when it is first asked for; without a model to look at none is needed. */
final class EngineOnDemand implements AutoCloseable {

    private @Nullable TrainingEngine engine;

    TrainingEngine get() {
        if (engine == null) {
            engine = TrainingEngine.open(
                    EngineOptions.builder().device(Device.cpu()).build());
        }
        return engine;
    }

    @Override
    public void close() {
        if (engine != null) {
            engine.close();
        }
    }
}
