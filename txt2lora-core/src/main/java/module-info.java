/** The engine: trains LoRAs and draws images on PyTorch. Applications use it through the API, so it exports nothing. */
@SuppressWarnings({"module", "requires-automatic"}) // the command line is compiled later; DJL has no descriptors
module io.github.txt2lora.core {
    requires transitive io.github.txt2lora.api;
    requires ai.djl.api;
    requires ai.djl.pytorch_engine;
    requires com.drew.metadata;
    requires com.fasterxml.jackson.databind;
    requires com.sun.jna;
    requires java.net.http;
    requires jdk.management;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.github.txt2lora.checkpoint to
            io.github.txt2lora.cli;
    exports io.github.txt2lora.family to
            io.github.txt2lora.cli;

    provides io.github.txt2lora.spi.DeviceChecker with
            io.github.txt2lora.proof.DjlDeviceChecker;
    provides io.github.txt2lora.spi.LoraOperationsProvider with
            io.github.txt2lora.lora.DjlLoraOperationsProvider;
    provides io.github.txt2lora.spi.ModelDownloader with
            io.github.txt2lora.download.HttpModelDownloader;
    provides io.github.txt2lora.spi.TrainingEngineProvider with
            io.github.txt2lora.engine.DjlTrainingEngineProvider;

    uses io.github.txt2lora.spi.ModelDownloader;
}
