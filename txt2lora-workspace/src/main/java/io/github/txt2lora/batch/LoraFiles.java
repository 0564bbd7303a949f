package io.github.txt2lora.batch;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.internal.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The files of one LoRA in its folder.
 *
 * @param folder of this LoRA alone
 * @param name the LoRA's name
 */
record LoraFiles(Path folder, String name) {

    /** The LoRA to use: as it was trained, or made smaller. */
    Path lora() {
        return folder.resolve(name + ".safetensors");
    }

    /** The LoRA as it was trained, once a smaller one took its place. */
    Path large() {
        return folder.resolve(name + "-large.safetensors");
    }

    /** The file of the resized LoRA. */
    Path small() {
        return folder.resolve("." + name + "-small.safetensors");
    }

    Path record() {
        return folder.resolve(name + ".json");
    }

    Path picture() {
        return folder.resolve(name + ".png");
    }

    /** What the words draw without a LoRA. */
    Path words() {
        return folder.resolve(name + "-words.png");
    }

    /** The LoRA with a digest, wherever it is. */
    Optional<Path> find(String sha256) {
        return Stream.of(lora(), large())
                .filter(RegularFile::isAt)
                .filter(file -> Sha256.of(file).equals(sha256))
                .findFirst();
    }

    /** Whether a state to resume from exists. */
    boolean hasState() {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .anyMatch(file -> file.startsWith(name + "-") && file.endsWith(".state"));
        } catch (IOException e) {
            throw new StorageException("Cannot list the folder " + folder + ": " + e, e);
        }
    }

    /**
     * Passes if all files may be written.
     *
     * @throws StorageException if the folder or one of the files is a link or something else than a file; the message
     *     says which
     */
    void requireReplaceable() {
        if (Files.isSymbolicLink(folder)) {
            throw new StorageException(folder + " is a link; expected a folder, since what is trained is not written"
                    + " through a link of a LoRA's name. Remove it, or make a link of the folder above it");
        }
        Stream.of(lora(), large(), small(), record(), picture(), words()).forEach(RegularFile::requireReplaceable);
    }

    /**
     * Makes the folder if it is not there.
     *
     * @throws StorageException if it cannot be made
     */
    void createFolder() {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException("Cannot make the folder " + folder + ": " + e, e);
        }
    }

    /** Deletes a file if it is there. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new StorageException("Cannot delete " + file + ": " + e, e);
        }
    }
}
