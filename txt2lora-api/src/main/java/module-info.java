/**
 * The API: values, builders, job handle, events and exceptions. An engine is found as a service; {@code txt2lora-core}
 * contains the one that trains.
 */
@SuppressWarnings("module") // the modules that share internals are compiled later
module io.github.txt2lora.api {
    requires transitive java.desktop;
    requires static transitive org.jspecify;

    exports io.github.txt2lora;
    exports io.github.txt2lora.event;
    exports io.github.txt2lora.image;
    exports io.github.txt2lora.ops;
    exports io.github.txt2lora.spi;
    exports io.github.txt2lora.internal to
            io.github.txt2lora.core,
            io.github.txt2lora.workspace,
            io.github.txt2lora.testing,
            io.github.txt2lora.cli,
            io.github.txt2lora.mlflow;
    exports io.github.txt2lora.internal.file to
            io.github.txt2lora.core,
            io.github.txt2lora.workspace,
            io.github.txt2lora.testing,
            io.github.txt2lora.demo,
            io.github.txt2lora.cli,
            io.github.txt2lora.mlflow;
    exports io.github.txt2lora.internal.job to
            io.github.txt2lora.core,
            io.github.txt2lora.testing;

    uses io.github.txt2lora.spi.DeviceChecker;
    uses io.github.txt2lora.spi.LoraOperationsProvider;
    uses io.github.txt2lora.spi.TrainingEngineProvider;
}
