package io.github.txt2lora.engine;

import io.github.txt2lora.testing.TrainingJobContract;

class DjlTrainingJobContractTest extends TrainingJobContract {

    DjlTrainingJobContractTest() {
        super(new TinyFixture());
    }
}
