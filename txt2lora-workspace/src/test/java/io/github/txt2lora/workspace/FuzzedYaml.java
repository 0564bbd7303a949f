package io.github.txt2lora.workspace;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary file that holds one input of a fuzz target after the other. */
final class FuzzedYaml {

    private final Path path;

    /** Creates the file; it goes when the JVM ends. */
    FuzzedYaml() {
        this(".yaml");
    }

    FuzzedYaml(String extension) {
        try {
            path = Files.createTempFile("fuzz", extension);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        path.toFile().deleteOnExit();
    }

    /** Replaces the content. */
    Path holding(byte[] content) {
        try {
            return Files.write(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
