package io.github.txt2lora.engine;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Tells whether the files of a model are still those that were loaded.
 *
 * @param files their sizes and times of change, by path
 */
record ModelStamp(SortedMap<String, FileStamp> files) {

    /** Folders of diffusers have their weights one level down. */
    private static final int DEPTH = 2;

    record FileStamp(long size, FileTime modified) {}

    static ModelStamp of(Path model) {
        SortedMap<String, FileStamp> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(model.toAbsolutePath(), DEPTH)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.put(path.toString(), new FileStamp(Files.size(path), Files.getLastModifiedTime(path)));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new StorageException("model " + model + " cannot be read: " + e, e);
        }
        return new ModelStamp(files);
    }
}
