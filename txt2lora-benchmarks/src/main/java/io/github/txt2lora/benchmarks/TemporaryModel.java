package io.github.txt2lora.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A checkpoint as a file, alone in its folder, for as long as a benchmark runs. */
record TemporaryModel(Path file) implements AutoCloseable {

    static TemporaryModel of(SmallModel model) throws IOException {
        Path file = Files.createTempDirectory("txt2lora-benchmark").resolve("model.safetensors");
        model.write(file);
        return new TemporaryModel(file);
    }

    @Override
    public void close() throws IOException {
        Files.delete(file);
        Files.delete(file.getParent());
    }
}
