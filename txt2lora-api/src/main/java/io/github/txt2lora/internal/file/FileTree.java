package io.github.txt2lora.internal.file;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files that a model consists of. */
public final class FileTree {

    /** Folders of diffusers have their weights one level down. */
    private static final int DEPTH = 2;

    private FileTree() {}

    /**
     * A file alone, or the files of a folder and of the folders in it, in the order of their paths.
     *
     * @throws StorageException if something cannot be read, or nothing is there
     */
    public static List<Path> files(Path path) {
        try (Stream<Path> paths = Files.walk(path, DEPTH)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw new StorageException(path + " cannot be read: " + e + "; expected a file or folder", e);
        }
    }
}
