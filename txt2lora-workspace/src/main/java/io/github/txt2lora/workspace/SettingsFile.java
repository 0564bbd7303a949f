package io.github.txt2lora.workspace;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes files of settings. */
final class SettingsFile {

    private SettingsFile() {}

    /**
     * Writes a file, unless it has this content already. A mark of byte order stays.
     *
     * @throws StorageException if it cannot be written
     */
    static void write(Path file, String text) {
        String old = read(file);
        String mark = old.startsWith(SettingsYaml.BYTE_ORDER_MARK) ? SettingsYaml.BYTE_ORDER_MARK : "";
        if (!old.equals(mark + text)) {
            AtomicFile.write(file, mark + text);
        }
    }

    private static String read(Path file) {
        try {
            RegularFile.requireReplaceable(file);
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new StorageException("Cannot read " + file + ": " + e, e);
        }
    }
}
