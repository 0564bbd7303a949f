package io.github.txt2lora.engine;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The folder of a training's result; made sure of before the training, and gone again if nothing came into it. */
final class OutputFolder implements AutoCloseable {

    private final Path file;
    private final Path folder;
    private final List<Path> missing;

    private OutputFolder(Path file, Path folder, List<Path> missing) {
        this.file = file;
        this.folder = folder;
        this.missing = missing;
    }

    /** The folder of the file that is going to be written. */
    static OutputFolder of(Path file) {
        Path folder = Objects.requireNonNullElse(file.toAbsolutePath().getParent(), file);
        List<Path> missing = new ArrayList<>();
        for (Path path = folder; path != null && Files.notExists(path); path = path.getParent()) {
            missing.add(path);
        }
        return new OutputFolder(file, folder, List.copyOf(missing));
    }

    /**
     * Creates the folder if it is missing, and tries to write into it.
     *
     * @throws StorageException if either fails, or the file's name is taken by a folder
     */
    void require() {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".txt2lora-", ".probe"));
        } catch (IOException e) {
            throw new StorageException(
                    "output folder " + folder + " cannot be written to (" + e + "); expected a folder, or a path where"
                            + " one may be created, with permission to write",
                    e);
        }
        if (Files.isDirectory(file)) {
            throw new StorageException(
                    file + " is a folder; expected a name that is free, or a file, which the LoRA would replace");
        }
    }

    /** Removes the folders that were missing, as far as they are empty. */
    @Override
    public void close() {
        for (Path path : missing) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                return;
            }
        }
    }
}
