package io.github.txt2lora.internal.file;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, in 64 hexadecimal digits. */
public final class Sha256 {

    private static final int CHUNK_BYTES = 1 << 20;

    private Sha256() {}

    /** A digest that has read nothing. */
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Hex digits of a digest, which is reset. */
    public static String digits(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of a text in UTF-8. */
    public static String of(String text) {
        MessageDigest digest = newDigest();
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        return digits(digest);
    }

    /** As {@link #of(Path, Runnable)}, not to be broken off. */
    public static String of(Path path) {
        return of(path, () -> {});
    }

    /**
     * Of a file, as the web UIs show it, or of a folder's files together with their names.
     *
     * @param beforeRead runs before each mebibyte is read; its exceptions end the reading
     * @throws StorageException if something cannot be read
     */
    public static String of(Path path, Runnable beforeRead) {
        MessageDigest digest = newDigest();
        for (Path file : FileTree.files(path)) {
            if (!file.equals(path)) {
                digest.update(path.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
            }
            update(digest, file, beforeRead);
        }
        return digits(digest);
    }

    private static void update(MessageDigest digest, Path file, Runnable beforeRead) {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        try (FileChannel channel = RegularFile.openToRead(file)) {
            beforeRead.run();
            while (channel.read(chunk.clear()) >= 0) {
                digest.update(chunk.flip());
                beforeRead.run();
            }
        } catch (IOException e) {
            throw new StorageException(file + " cannot be read: " + e + "; expected a file that may be read", e);
        }
    }
}
