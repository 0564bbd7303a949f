package io.github.txt2lora.testing;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.spi.TrainingEngineProvider;

/** Lets {@link TrainingEngine#open()} find a fake engine where there is no other; its trainings are smooth. */
public final class FakeTrainingEngineProvider implements TrainingEngineProvider {

    /** Called by the service loader. */
    public FakeTrainingEngineProvider() {}

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public boolean standsIn() {
        return true;
    }

    @Override
    public TrainingEngine create(EngineOptions options) {
        return FakeTrainingEngine.builder().build();
    }
}
