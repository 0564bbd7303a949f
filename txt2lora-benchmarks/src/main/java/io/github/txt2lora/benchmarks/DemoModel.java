package io.github.txt2lora.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The demo checkpoint as a file of its own for as long as a benchmark runs. */
record DemoModel(Path file) implements AutoCloseable {

    static DemoModel unpack() throws IOException {
        Path file = Files.createTempDirectory("txt2lora-benchmark").resolve("model.safetensors");
        Workload.DEMO.writeCheckpoint(file);
        return new DemoModel(file);
    }

    @Override
    public void close() throws IOException {
        Files.delete(file);
        Files.delete(file.getParent());
    }
}
