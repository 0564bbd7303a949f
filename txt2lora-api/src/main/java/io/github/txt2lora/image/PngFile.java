package io.github.txt2lora.image;

import io.github.txt2lora.internal.file.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes PNG files that appear under their name only when they are complete. */
final class PngFile {

    private PngFile() {}

    /**
     * Writes a file and replaces an existing one.
     *
     * @throws io.github.txt2lora.StorageException if that fails; an existing file is then unchanged
     */
    static void write(BufferedImage image, Path file) {
        write(image, Map.of(), file);
    }

    /** As {@link #write(BufferedImage, Path)}, with text chunks by keyword. */
    static void write(BufferedImage image, Map<String, String> texts, Path file) {
        AtomicFile.write(file, channel -> encode(image, texts, Channels.newOutputStream(channel)));
    }

    private static void encode(BufferedImage image, Map<String, String> texts, OutputStream out) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
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
