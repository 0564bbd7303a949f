package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.RegularFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A safetensors file opened for reading: 8 bytes with the length of the header, little-endian; the header, JSON; then
 * the tensors' bytes without gaps. Opening reads and checks the whole header; the data of a tensor is read each time
 * that it is asked for, as long as the file is open.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsFile implements AutoCloseable {
    /**
     * The longest header that is accepted: the limit of the reference implementation. Real headers have some hundred
     * kilobytes; without a limit a damaged length field would ask for memory that nobody has.
     */
    static final int MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = Long.BYTES;

    /** Read at a time, so that reading can be broken off soon on slow disks too. */
    private static final int MAX_READ_BYTES = 16 << 20;

    private final Path path;
    private final FileChannel channel;
    private final Runnable beforeRead;
    private final Map<String, String> metadata;
    private final Map<String, TensorView> tensors;

    private SafetensorsFile(
            Path path, FileChannel channel, Runnable beforeRead, SafetensorsHeader header, long dataStart) {
        this.path = path;
        this.channel = channel;
        this.beforeRead = beforeRead;
        this.metadata = header.metadata();
        this.tensors = Collections.unmodifiableMap(views(header.tensors(), dataStart));
    }

    /**
     * Opens a file and checks its header.
     *
     * @throws CheckpointException when there is no such file or it is no sound safetensors file; the message says what
     *     it seems to be instead
     * @throws StorageException when the file cannot be read
     */
    public static SafetensorsFile open(Path path) {
        return open(path, () -> {});
    }

    /**
     * Opens a file as {@link #open(Path)} does, for reading that can be broken off.
     *
     * @param beforeRead runs before each part, of 16 MiB at most, that {@link TensorView#readInto} reads; its
     *     exceptions end the reading
     */
    static SafetensorsFile open(Path path, Runnable beforeRead) {
        if (Files.isDirectory(path)) {
            throw new CheckpointException(
                    path + " is a folder; expected a .safetensors file (a diffusers folder is opened as such)");
        }
        if (UnreadableFile.isNamedAsPickle(path) && Files.exists(path)) {
            throw UnreadableFile.pickle(path);
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            // Opening a pipe would wait for a writer.
            throw new CheckpointException(path + " is a device or pipe; expected a .safetensors file");
        }
        FileChannel channel = openChannel(path);
        try {
            return read(path, channel, beforeRead);
        } catch (IOException | RuntimeException e) {
            closeAfter(e, channel);
            if (e instanceof RuntimeException known) {
                throw known;
            }
            throw unreadable(path, (IOException) e);
        }
    }

    /**
     * Rejects what cannot be the start of a safetensors file, so that one need not wait for the rest.
     *
     * @param what names it in messages
     * @param start some bytes, at least 9
     * @throws CheckpointException says what it seems to be instead
     */
    public static void requireStart(String what, byte[] start) {
        long headerBytes = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (headerBytes <= 0 || headerBytes > MAX_HEADER_BYTES || start[LENGTH_BYTES] != '{') {
            throw UnreadableFile.describe(what, start, "it does not begin with a header");
        }
    }

    private static FileChannel openChannel(Path path) {
        try {
            return RegularFile.openToRead(path);
        } catch (NoSuchFileException e) {
            throw new CheckpointException("%s does not exist; expected a .safetensors file".formatted(path), e);
        } catch (IOException e) {
            throw new StorageException("%s cannot be opened: %s".formatted(path, e), e);
        }
    }

    private static StorageException unreadable(Path path, IOException failure) {
        if (failure instanceof EOFException) {
            return new StorageException(
                    path + " became shorter while it was read; expected a file that stays as it is: wait until it is"
                            + " copied or synced, then start again",
                    failure);
        }
        return new StorageException("%s cannot be read: %s".formatted(path, failure), failure);
    }

    private static void closeAfter(Exception failure, FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static SafetensorsFile read(Path path, FileChannel channel, Runnable beforeRead) throws IOException {
        long fileBytes = channel.size();
        byte[] start = readBytes(channel, 0, (int) Math.min(fileBytes, UnreadableFile.START_BYTES));
        if (start.length < LENGTH_BYTES) {
            throw UnreadableFile.describe(
                    path, start, "it has %d bytes; expected at least %d".formatted(start.length, LENGTH_BYTES));
        }
        long headerBytes = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long available = fileBytes - LENGTH_BYTES;
        if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES || headerBytes > available) {
            throw UnreadableFile.describe(
                    path,
                    start,
                    ("its first 8 bytes announce a header of %s bytes; expected at most %d, and %d bytes follow. A"
                                    + " broken download? Load the file again")
                            .formatted(Long.toUnsignedString(headerBytes), MAX_HEADER_BYTES, available));
        }
        if (headerBytes == 0 || start[LENGTH_BYTES] != '{') {
            throw UnreadableFile.describe(path, start, "the header does not begin with '{'");
        }
        byte[] header = readBytes(channel, LENGTH_BYTES, (int) headerBytes);
        return new SafetensorsFile(
                path,
                channel,
                beforeRead,
                SafetensorsHeader.parse(path, header, available - headerBytes),
                LENGTH_BYTES + headerBytes);
    }

    private static byte[] readBytes(FileChannel channel, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        readFully(channel, position, buffer);
        return buffer.array();
    }

    private static void readFully(FileChannel channel, long position, ByteBuffer target) throws IOException {
        long place = position;
        while (target.hasRemaining()) {
            int read = channel.read(target, place);
            if (read < 0) {
                throw new EOFException();
            }
            place += read;
        }
    }

    private Map<String, TensorView> views(List<SafetensorsHeader.Slot> slots, long dataStart) {
        Map<String, TensorView> views = new LinkedHashMap<>();
        for (SafetensorsHeader.Slot slot : slots) {
            var part = new Part(dataStart + slot.begin(), slot.end() - slot.begin());
            views.put(slot.name(), new TensorView(slot.name(), slot.type(), slot.shape(), part));
        }
        return views;
    }

    /**
     * A tensor's part of the file. It is read and not mapped: where a mapped file becomes shorter, which synced folders
     * do, the process gets a signal in place of an exception.
     */
    private final class Part implements TensorSource {

        private final long position;
        private final long length;

        Part(long position, long length) {
            this.position = position;
            this.length = length;
        }

        @Override
        public ByteBuffer bytes() {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
            read(0, bytes);
            return bytes.flip();
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            int end = target.limit();
            long place = position + offset;
            try {
                while (target.position() < end) {
                    beforeRead.run();
                    int piece = Math.min(MAX_READ_BYTES, end - target.position());
                    target.limit(target.position() + piece);
                    readFully(channel, place, target);
                    place += piece;
                    target.limit(end);
                }
            } catch (IOException e) {
                throw unreadable(path, e);
            }
        }
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** The strings of the header's {@code __metadata__}; empty when it has none. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** All tensors, in the order of their data in the file. */
    public Collection<TensorView> tensors() {
        return tensors.values();
    }

    /** The tensors by their keys, in the order of their data in the file. */
    public Map<String, TensorView> byName() {
        return tensors;
    }

    /** The tensor of that key, empty when there is none. */
    public Optional<TensorView> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * The tensor of that key.
     *
     * @throws CheckpointException when there is none
     */
    public TensorView tensor(String name) {
        return find(name)
                .orElseThrow(() -> new CheckpointException(
                        "%s has no tensor '%s' among its %d".formatted(path, name, tensors.size())));
    }

    /** Closes the file. Tensor views that were obtained before cannot be read any more. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StorageException("%s cannot be closed: %s".formatted(path, e), e);
        }
    }
}
