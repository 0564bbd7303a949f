package io.github.txt2lora.internal.file;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder of our own among the temporary files of the system, deleted with all that is in it when it is closed.
 *
 * @param path where it is
 */
public record TemporaryFolder(Path path) implements AutoCloseable {

    /**
     * Makes a folder that only this user can read.
     *
     * @param name the beginning of its name
     * @throws StorageException if it cannot be made
     */
    public static TemporaryFolder create(String name) {
        try {
            return new TemporaryFolder(Files.createTempDirectory(name));
        } catch (IOException e) {
            throw new StorageException(
                    "no folder for temporary files can be made in " + System.getProperty("java.io.tmpdir") + ": " + e,
                    e);
        }
    }

    /** Deletes it; what cannot be deleted now, such as a mapped file on Windows, is when the process ends. */
    @Override
    public void close() {
        List<Path> files = deepestFirst();
        List<Path> left = files.stream().filter(file -> !isDeleted(file)).toList();
        // the end of the process deletes in the reverse of this order
        for (int i = left.size() - 1; i >= 0; i--) {
            left.get(i).toFile().deleteOnExit();
        }
    }

    private static boolean isDeleted(Path file) {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private List<Path> deepestFirst() {
        try (Stream<Path> files = Files.walk(path)) {
            return files.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(path);
        }
    }
}
