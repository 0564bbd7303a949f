package io.github.txt2lora.engine;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.FileClaim;
import io.github.txt2lora.internal.file.StorageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The folder of a training's result; made sure of before the training, and gone again if nothing came into it. */
final class OutputFolder implements AutoCloseable {

    private final List<Path> missing;
    private final FileClaim claim;

    private OutputFolder(List<Path> missing, FileClaim claim) {
        this.missing = List.copyOf(missing);
        this.claim = claim;
    }

    /**
     * Creates the folder of a file if it is missing, makes sure that the file can be written, removes what killed
     * trainings have left, and claims the file for this training: the folder may take other LoRAs at the same time.
     *
     * @param work the work that produces the file, see {@link FileClaim#take}
     * @param warnings is told if the claim holds only within this machine
     * @throws StorageException if it cannot be written, or another training is writing it
     */
    static OutputFolder open(Path file, String work, Consumer<String> warnings) {
        Path folder = StorageFailure.folderOf(file);
        List<Path> missing = new ArrayList<>();
        for (Path path = folder; path != null && Files.notExists(path); path = path.getParent()) {
            missing.add(path);
        }
        try {
            Files.createDirectories(folder);
            AtomicFile.requireWritable(file);
            return new OutputFolder(missing, FileClaim.take(file, work, warnings));
        } catch (IOException e) {
            removeEmpty(missing);
            throw new StorageException(
                    "output folder " + folder + " cannot be created (" + e + "); expected a folder, or a path where"
                            + " one may be created, with permission to write",
                    e);
        } catch (StorageException e) {
            removeEmpty(missing);
            throw e;
        }
    }

    /** Gives the claim up, and removes the folders that were missing, as far as they are empty. */
    @Override
    public void close() {
        claim.close();
        removeEmpty(missing);
    }

    private static void removeEmpty(List<Path> folders) {
        for (Path folder : folders) {
            try {
                Files.deleteIfExists(folder);
            } catch (IOException e) {
                return;
            }
        }
    }
}
