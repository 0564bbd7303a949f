package io.github.txt2lora.image;

import io.github.txt2lora.StorageException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.UUID;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageOutputStream;

/** Writes PNG files that appear under their name only when they are whole. */
final class PngFile {

    private PngFile() {}

    /**
     * Writes beside the target first, then moves, so that a failure leaves an older file as it was.
     *
     * @throws StorageException if that fails
     */
    static void write(BufferedImage image, Path file) {
        write(image, Map.of(), file);
    }

    /** As {@link #write(BufferedImage, Path)}, with texts by their keywords. */
    static void write(BufferedImage image, Map<String, String> texts, Path file) {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(".%s.%s.tmp".formatted(target.getFileName(), UUID.randomUUID()));
        try {
            try {
                writeTo(temporary, image, texts);
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

    private static void writeTo(Path file, BufferedImage image, Map<String, String> texts) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (OutputStream out = Files.newOutputStream(file);
                ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            IIOMetadata metadata =
                    writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), null);
            metadata.mergeTree(PngText.FORMAT, PngText.tree(texts));
            writer.setOutput(stream);
            writer.write(new IIOImage(image, null, metadata));
        } finally {
            writer.dispose();
        }
    }
}
