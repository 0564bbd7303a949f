package io.github.txt2lora.engine;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.storage.FileClaim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The folder of a training's result; made sure of before the training, and gone again if nothing came into it. */
final class OutputFolder implements AutoCloseable {

    private final Path file;
    private final Path folder;
    private final List<Path> missing;
    private @Nullable FileClaim claim;

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
     * Creates the folder if it is missing, makes sure that the file can be written, removes what killed trainings have
     * left, and claims the file for this training: the folder may take other LoRAs at the same time.
     *
     * @param warnings is told if the claim holds only within this machine
     * @throws StorageException if it cannot be written, or another training is writing it
     */
    void require(Consumer<String> warnings) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException(
                    "output folder " + folder + " cannot be created (" + e + "); expected a folder, or a path where"
                            + " one may be created, with permission to write",
                    e);
        }
        AtomicFile.requireWritable(file);
        claim = FileClaim.take(file, warnings);
    }

    /** Gives the claim up, and removes the folders that were missing, as far as they are empty. */
    @Override
    public void close() {
        if (claim != null) {
            claim.close();
        }
        for (Path path : missing) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                return;
            }
        }
    }
}
