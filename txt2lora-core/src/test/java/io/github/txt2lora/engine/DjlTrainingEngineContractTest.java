package io.github.txt2lora.engine;

import io.github.txt2lora.testing.TrainingEngineContract;

class DjlTrainingEngineContractTest extends TrainingEngineContract {

    DjlTrainingEngineContractTest() {
        super(new TinyFixture());
    }
}
