package io.github.txt2lora.testing;

class FakeTrainingEngineContractTest extends TrainingEngineContract {

    FakeTrainingEngineContractTest() {
        super(new FakeFixture());
    }
}
