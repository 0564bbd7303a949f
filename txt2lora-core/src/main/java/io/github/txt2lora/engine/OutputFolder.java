package io.github.txt2lora.engine;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes sure before a training that its result can be written. */
final class OutputFolder {

    private OutputFolder() {}

    /**
     * Creates the folder if it is missing, and tries to write into it.
     *
     * @throws StorageException if either fails
     */
    static void require(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".txt2lora-", ".probe"));
        } catch (IOException e) {
            throw new StorageException(
                    "output folder " + folder + " cannot be written to (" + e + "); expected a folder, or a path where"
                            + " one may be created, with permission to write",
                    e);
        }
    }
}
