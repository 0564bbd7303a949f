package io.github.txt2lora.workspace;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Writes files of settings, which appear under their names only when they are whole. */
final class SettingsFile {

    private SettingsFile() {}

    /**
     * Writes a file, unless it has this content already. A mark of byte order stays.
     *
     * @throws StorageException if it cannot be written
     */
    static void write(Path file, String text) {
        try {
            String mark = "";
            if (Files.exists(file)) {
                String old = Files.readString(file, StandardCharsets.UTF_8);
                mark = old.startsWith(SettingsYaml.BYTE_ORDER_MARK) ? SettingsYaml.BYTE_ORDER_MARK : "";
                if (old.equals(mark + text)) {
                    return;
                }
            }
            Path temporary = file.resolveSibling(".%s.%s.tmp".formatted(file.getFileName(), UUID.randomUUID()));
            try {
                Files.writeString(temporary, mark + text, StandardCharsets.UTF_8);
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new StorageException(
                    "Cannot write " + file + " (" + e + "); expected a folder that exists, with permission to write",
                    e);
        }
    }
}
