package io.github.txt2lora.engine;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.spi.TrainingEngineProvider;

/** Offers the engine on DJL PyTorch to {@link TrainingEngine#open()}. */
public final class DjlTrainingEngineProvider implements TrainingEngineProvider {

    /** Called by the ServiceLoader. */
    public DjlTrainingEngineProvider() {}

    @Override
    public String name() {
        return "djl-pytorch";
    }

    @Override
    public TrainingEngine create(EngineOptions options) {
        return new DjlTrainingEngine(options);
    }
}
