package io.github.txt2lora.image;

import io.github.txt2lora.StorageException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.imageio.metadata.IIOMetadataNode;

/** The texts in a PNG file: chunks tEXt (Latin-1) and iTXt (UTF-8, uncompressed). */
final class PngText {

    /** The JDK's name of the tree that holds a PNG file's metadata. */
    static final String FORMAT = "javax_imageio_png_1.0";

    private static final long SIGNATURE = 0x89504e470d0a1a0aL;
    private static final int TEXT = 0x74455874;
    private static final int INTERNATIONAL_TEXT = 0x69545874;
    private static final int END = 0x49454e44;
    private static final int CRC_BYTES = 4;

    /** Parameters take some kilobytes; the workflow of another program may take megabytes. */
    private static final int LONGEST = 1 << 24;

    private PngText() {}

    /** Text chunks by keyword, as metadata for the JDK's writer. */
    static IIOMetadataNode tree(Map<String, String> texts) {
        var root = new IIOMetadataNode(FORMAT);
        texts.forEach((keyword, text) -> {
            boolean latin = StandardCharsets.ISO_8859_1.newEncoder().canEncode(text);
            String chunk = latin ? "tEXt" : "iTXt";
            var entry = new IIOMetadataNode(chunk + "Entry");
            entry.setAttribute("keyword", keyword);
            entry.setAttribute(latin ? "value" : "text", text);
            if (!latin) {
                entry.setAttribute("compressionFlag", "FALSE");
                entry.setAttribute("compressionMethod", "0");
                entry.setAttribute("languageTag", "");
                entry.setAttribute("translatedKeyword", "");
            }
            var parent = new IIOMetadataNode(chunk);
            parent.appendChild(entry);
            root.appendChild(parent);
        });
        return root;
    }

    /**
     * The first text of a keyword.
     *
     * @throws StorageException if the file cannot be read or is not a PNG file
     */
    static Optional<String> read(Path file, String keyword) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // Opening a pipe would wait for a writer.
            throw new StorageException("image " + file + " is a folder, device or pipe; expected a PNG file");
        }
        try (InputStream in = Files.newInputStream(file);
                var data = new DataInputStream(new BufferedInputStream(in))) {
            if (data.readLong() != SIGNATURE) {
                throw new IOException("it does not begin as a PNG file does");
            }
            for (int length = data.readInt(), type = data.readInt(); type != END; ) {
                boolean text = type == TEXT || type == INTERNATIONAL_TEXT;
                if (length < 0 || (text && length > LONGEST)) {
                    throw new IOException("it has a chunk of " + Integer.toUnsignedString(length) + " bytes");
                }
                if (text) {
                    byte[] chunk = data.readNBytes(length);
                    Optional<String> found = value(chunk, keyword, type == INTERNATIONAL_TEXT);
                    if (found.isPresent()) {
                        return found;
                    }
                    data.skipNBytes(CRC_BYTES);
                } else {
                    data.skipNBytes((long) length + CRC_BYTES);
                }
                length = data.readInt();
                type = data.readInt();
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new StorageException("image " + file + " cannot be read (" + e + "); expected a whole PNG file", e);
        }
    }

    private static Optional<String> value(byte[] chunk, String keyword, boolean international) {
        int end = endOfText(chunk, 0);
        if (!new String(chunk, 0, end, StandardCharsets.ISO_8859_1).equals(keyword) || end == chunk.length) {
            return Optional.empty();
        }
        if (!international) {
            return Optional.of(new String(chunk, end + 1, chunk.length - end - 1, StandardCharsets.ISO_8859_1));
        }
        int flags = end + 1;
        if (flags + 2 > chunk.length || chunk[flags] != 0) {
            return Optional.empty();
        }
        int language = endOfText(chunk, flags + 2);
        int translated = endOfText(chunk, Math.min(language + 1, chunk.length));
        int start = Math.min(translated + 1, chunk.length);
        return Optional.of(new String(chunk, start, chunk.length - start, StandardCharsets.UTF_8));
    }

    private static int endOfText(byte[] chunk, int from) {
        int end = from;
        while (end < chunk.length && chunk[end] != 0) {
            end++;
        }
        return end;
    }
}
