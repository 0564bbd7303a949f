package io.github.txt2lora.batch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The size of a PNG file, which lets a page keep its shape, and its place, before the file is loaded. */
final class PngSize {

    /** Signature, length and name of the header, width, height. */
    private static final int HEADER = 24;

    private static final int WIDTH = 16;
    private static final int HEIGHT = 20;

    private PngSize() {}

    /** The attributes of the image with a space before them; empty if the file cannot be read. */
    static String attributes(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            ByteBuffer header = ByteBuffer.wrap(in.readNBytes(HEADER));
            return header.limit() < HEADER
                    ? ""
                    : " width=\"" + header.getInt(WIDTH) + "\" height=\"" + header.getInt(HEIGHT) + "\"";
        } catch (IOException e) {
            return "";
        }
    }
}
