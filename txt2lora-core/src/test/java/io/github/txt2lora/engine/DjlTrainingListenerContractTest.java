package io.github.txt2lora.engine;

import io.github.txt2lora.testing.TrainingListenerContract;

class DjlTrainingListenerContractTest extends TrainingListenerContract {

    DjlTrainingListenerContractTest() {
        super(new TinyFixture());
    }
}
