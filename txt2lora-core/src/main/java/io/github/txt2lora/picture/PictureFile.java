package io.github.txt2lora.picture;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.file.RegularFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A PNG, JPEG or WebP file with a picture of any size up to 64 million pixels.
 *
 * @param path of the file
 */
public record PictureFile(Path path) {

    private static final Set<String> FORMATS = Set.of("png", "jpeg", "webp");
    private static final String EXPECTED = "; expected a PNG, JPEG or WebP picture";
    private static final long MOST_PIXELS = 64_000_000;
    private static final long MOST_BYTES = 256L << 20;

    /** Larger pictures are read with gaps, still at least so many times as finely as they are needed. */
    private static final long PIXELS_READ_WHOLE = 16_000_000;

    private static final int FINENESS = 4;

    /**
     * Reads the picture upright, over white where it is transparent, cut around its middle and resized.
     *
     * @param width in pixels, at least 1
     * @param height in pixels, at least 1
     * @return opaque, in RGB
     * @throws InvalidSettingException if there is no such file, it is no picture of these formats, it is damaged or too
     *     large; the message names the file and what was found
     */
    public BufferedImage read(int width, int height) {
        try (FileChannel channel = RegularFile.openToRead(path)) {
            if (channel.size() > MOST_BYTES) {
                throw failure("has " + channel.size() + " bytes; expected at most " + MOST_BYTES, null);
            }
            Orientation orientation = orientation(channel);
            channel.position(0);
            var crop = new CentreCrop(width, height);
            var stored = orientation.transposes() ? new CentreCrop(height, width) : crop;
            return crop.of(orientation.upright(OpaquePicture.of(pixels(channel, stored))));
        } catch (NoSuchFileException e) {
            throw failure("does not exist" + EXPECTED, e);
        } catch (IOException e) {
            throw failure("cannot be read: " + e.getMessage() + EXPECTED, e);
        }
    }

    private static Orientation orientation(FileChannel channel) throws IOException {
        InputStream stream = Channels.newInputStream(channel);
        return Orientation.of(stream);
    }

    private BufferedImage pixels(FileChannel channel, CentreCrop needed) throws IOException {
        try (ImageInputStream stream = new MemoryCacheImageInputStream(Channels.newInputStream(channel))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                throw failure("is no picture that can be read" + EXPECTED, null);
            }
            ImageReader reader = readers.next();
            try {
                String format = reader.getFormatName().toLowerCase(Locale.ROOT);
                if (!FORMATS.contains(format)) {
                    throw failure("is a picture in the format " + format + EXPECTED, null);
                }
                reader.setInput(stream, false, true);
                return decoded(reader, needed);
            } finally {
                reader.dispose();
            }
        }
    }

    private BufferedImage decoded(ImageReader reader, CentreCrop needed) throws IOException {
        try {
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            long pixels = (long) width * height;
            if (pixels > MOST_PIXELS) {
                throw failure(
                        "is a picture of " + width + "x" + height + " pixels; expected at most " + MOST_PIXELS
                                + " pixels: make it smaller",
                        null);
            }
            ImageReadParam how = reader.getDefaultReadParam();
            if (pixels > PIXELS_READ_WHOLE) {
                int step = Math.max(1, Math.min(width / needed.width(), height / needed.height()) / FINENESS);
                how.setSourceSubsampling(step, step, 0, 0);
            }
            return reader.read(0, how);
        } catch (InvalidSettingException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // readers fail in all ways at damaged files
            throw failure("is a damaged picture (" + e.getMessage() + "); expected a whole one", e);
        }
    }

    private InvalidSettingException failure(String found, @Nullable Throwable cause) {
        return new InvalidSettingException("picture " + path + " " + found, cause);
    }
}
