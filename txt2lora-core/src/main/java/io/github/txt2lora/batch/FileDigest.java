package io.github.txt2lora.batch;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** SHA-256 of texts, files and folders, in hexadecimal digits. */
final class FileDigest {

    private static final int CHUNK_BYTES = 1 << 20;

    /** Folders of diffusers have their weights one level down. */
    private static final int DEPTH = 2;

    private FileDigest() {}

    static String of(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The digest of a file, or of a folder's files with their names.
     *
     * @throws StorageException if something cannot be read
     */
    static String of(Path path) {
        MessageDigest digest = sha256();
        for (Path file : files(path)) {
            if (!file.equals(path)) {
                digest.update(path.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
            }
            update(digest, file);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A file, or the files of a folder in the order of their names. */
    static List<Path> files(Path path) {
        try (Stream<Path> paths = Files.walk(path, DEPTH)) {
            return paths.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw new StorageException("Cannot read " + path + ": " + e, e);
        }
    }

    private static void update(MessageDigest digest, Path file) {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (channel.read(chunk.clear()) >= 0) {
                digest.update(chunk.flip());
            }
        } catch (IOException e) {
            throw new StorageException("Cannot read " + file + ": " + e, e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
