package io.github.txt2lora.testing;

class FakeTrainingListenerContractTest extends TrainingListenerContract {

    FakeTrainingListenerContractTest() {
        super(new FakeFixture());
    }
}
