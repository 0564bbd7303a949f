/** An engine that trains nothing, for tests of applications, and the tests that every engine must pass. */
module io.github.txt2lora.testing {
    requires transitive io.github.txt2lora.api;
    requires static org.junit.jupiter.api;
    requires static org.assertj.core;
    requires static org.junit.jupiter.params;
    requires static org.jspecify;

    // JUnit calls the methods of the contracts, which are package-private.
    opens io.github.txt2lora.testing;

    exports io.github.txt2lora.testing;

    provides io.github.txt2lora.spi.TrainingEngineProvider with
            io.github.txt2lora.testing.FakeTrainingEngineProvider;
}
