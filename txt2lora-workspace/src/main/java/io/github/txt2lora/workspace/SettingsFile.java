package io.github.txt2lora.workspace;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Writes files of settings. */
final class SettingsFile {

    private SettingsFile() {}

    /**
     * Writes a file, unless it has this content already. A mark of byte order stays.
     *
     * @throws StorageException if it cannot be written
     */
    static void write(Path file, String text) {
        String old = content(file).orElse("");
        String mark = old.startsWith(SettingsYaml.BYTE_ORDER_MARK) ? SettingsYaml.BYTE_ORDER_MARK : "";
        if (!old.equals(mark + text)) {
            AtomicFile.write(file, mark + text);
        }
    }

    /**
     * All of a file, a mark of byte order with it; empty if there is none.
     *
     * @throws StorageException if it cannot be read
     */
    static Optional<String> content(Path file) {
        try {
            RegularFile.requireReplaceable(file);
            return Files.exists(file) ? Optional.of(Files.readString(file, StandardCharsets.UTF_8)) : Optional.empty();
        } catch (IOException e) {
            throw new StorageException("Cannot read " + file + ": " + e, e);
        }
    }
}
