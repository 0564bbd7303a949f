package io.github.txt2lora.batch;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.TrainingEngine;
import org.jspecify.annotations.Nullable;

/** An engine that opens when it is first asked for; without a model to look at none is needed. */
final class EngineOnDemand implements AutoCloseable {

    private final EngineOptions options;
    private @Nullable TrainingEngine engine;

    EngineOnDemand(EngineOptions options) {
        this.options = options;
    }

    TrainingEngine get() {
        if (engine == null) {
            engine = TrainingEngine.open(options);
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
