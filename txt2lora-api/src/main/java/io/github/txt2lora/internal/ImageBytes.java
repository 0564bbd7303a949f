package io.github.txt2lora.internal;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Images as bytes of a file, without ImageIO's cache on disk: that one asks for a hook at the end of the virtual machine,
 * which fails once the end has begun, as after Ctrl-C.
 */
public final class ImageBytes {

    private ImageBytes() {}

    /**
     * The bytes of an image.
     *
     * @param format {@code png} or {@code jpg}
     */
    public static byte[] of(BufferedImage image, String format) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, format, out);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written to", e);
        }
        return bytes.toByteArray();
    }

    /** The image that some bytes are; null if they are none. */
    public static @Nullable BufferedImage read(byte[] bytes) throws IOException {
        return ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)));
    }
}
