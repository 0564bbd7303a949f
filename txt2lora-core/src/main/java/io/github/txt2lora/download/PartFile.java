package io.github.txt2lora.download;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.internal.file.StorageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that has come, {@code NAME.part}, and beside it, in {@code NAME.part.info}, the identity of the
 * whole file. Belongs to whoever has claimed the file.
 */
final class PartFile implements AutoCloseable {

    private static final int MOST_INFO_BYTES = 1 << 16;

    private final Path file;
    private final Path part;
    private final Path info;
    private @Nullable FileChannel channel;

    private PartFile(Path file) {
        this.file = file;
        this.part = file.resolveSibling(file.getFileName() + ".part");
        this.info = file.resolveSibling(file.getFileName() + ".part.info");
    }

    /**
     * The part of a file.
     *
     * @throws StorageException if one of the names that are written is that of something else, such as a link
     */
    static PartFile of(Path file) {
        PartFile part = new PartFile(file);
        Stream.of(file, part.part, part.info).forEach(RegularFile::requireReplaceable);
        return part;
    }

    Path path() {
        return part;
    }

    /** The number of bytes present. */
    long size() {
        try {
            return channel == null ? Files.size(part) : channel.size();
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new StorageException(part + " cannot be read: " + e, e);
        }
    }

    /**
     * The version of the file that this is a part of.
     *
     * @param source names the address
     * @return empty if it is of another address, or that is not known
     */
    Optional<FileVersion> version(String source) {
        try {
            List<String> lines = text(info).lines().toList();
            return !lines.isEmpty() && lines.get(0).equals(source)
                    ? FileVersion.parse(lines.subList(1, lines.size()))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StorageException(info + " cannot be read: " + e, e);
        }
    }

    private static String text(Path file) throws IOException {
        try (var in = Channels.newInputStream(RegularFile.open(file, StandardOpenOption.READ))) {
            return new String(in.readNBytes(MOST_INFO_BYTES), StandardCharsets.UTF_8);
        }
    }

    /** Notes what the bytes that are added from now on are a part of. */
    void expect(String source, FileVersion version) {
        if (version.validator().isEmpty()) {
            delete(info);
        } else {
            AtomicFile.write(info, source + "\n" + String.join("\n", version.lines()) + "\n");
        }
    }

    /** Adds bytes; a disk without space for them loses the part, so that it is not left full. */
    void append(ByteBuffer bytes) {
        try {
            FileChannel open = channel;
            if (open == null) {
                open = RegularFile.openToChange(
                        part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
                channel = open;
            }
            while (bytes.hasRemaining()) {
                open.write(bytes);
            }
        } catch (IOException e) {
            long needed = size() + bytes.remaining();
            discard();
            throw StorageFailure.of(file, needed, e);
        }
    }

    /** The first bytes. */
    byte[] start(int length) throws IOException {
        try (var in = Channels.newInputStream(RegularFile.open(part, StandardOpenOption.READ))) {
            return in.readNBytes(length);
        }
    }

    /** The part is of no use. */
    void discard() {
        close();
        delete(part);
        delete(info);
    }

    /** The file is whole. */
    void moveIntoPlace() {
        close();
        AtomicFile.move(part, file);
        delete(info);
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new StorageException(path + " cannot be removed: " + e + "; remove it and start again", e);
        }
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
                channel = null;
            }
        } catch (IOException e) {
            throw StorageFailure.of(file, 0, e);
        }
    }
}
