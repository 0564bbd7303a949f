package io.github.txt2lora;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A temporary file that holds one input of a fuzz target after the other. */
public final class FuzzedFile {

    private final Path path;

    /** Creates the file; it goes when the JVM ends. */
    public FuzzedFile(String ending) {
        try {
            path = Files.createTempFile("fuzz", ending);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        path.toFile().deleteOnExit();
    }

    /** Replaces the content. */
    public Path holding(byte[] content) {
        try {
            return Files.write(path, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
