package io.github.txt2lora.testing;

class FakeTrainingJobContractTest extends TrainingJobContract {

    FakeTrainingJobContractTest() {
        super(new FakeFixture());
    }
}
