package io.github.txt2lora.image;

import io.github.txt2lora.StorageException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import javax.imageio.ImageIO;

/** Writes PNG files that appear under their name only when they are whole. */
final class PngFile {

    private PngFile() {}

    /**
     * Writes beside the target first, then moves, so that a failure leaves an older file as it was.
     *
     * @throws StorageException if that fails
     */
    static void write(BufferedImage image, Path file) {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(".%s.%s.tmp".formatted(target.getFileName(), UUID.randomUUID()));
        try {
            try {
                writeTo(temporary, image);
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException e) {
            throw new StorageException(
                    "picture " + file + " cannot be written (" + e + "); expected a file in a folder that exists, with"
                            + " permission to write and space left",
                    e);
        }
    }

    private static void writeTo(Path file, BufferedImage image) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            ImageIO.write(image, "png", out);
        }
    }
}
