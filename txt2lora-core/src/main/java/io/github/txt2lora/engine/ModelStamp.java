package io.github.txt2lora.engine;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tells whether the files of a model are still those that were loaded.
 *
 * @param files their sizes and times of change, by path
 */
record ModelStamp(SortedMap<String, FileStamp> files) {

    record FileStamp(long size, FileTime modified) {}

    static ModelStamp of(Path model) {
        SortedMap<String, FileStamp> files = new TreeMap<>();
        try {
            for (Path path : FileTree.files(model.toAbsolutePath())) {
                files.put(path.toString(), new FileStamp(Files.size(path), Files.getLastModifiedTime(path)));
            }
        } catch (IOException e) {
            throw new StorageException("model " + model + " cannot be read: " + e, e);
        }
        return new ModelStamp(files);
    }
}
