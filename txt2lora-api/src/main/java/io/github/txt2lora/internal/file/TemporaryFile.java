package io.github.txt2lora.internal.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file beside a target, gone when closed unless it was moved. Its name tells which process it belongs to and does not
 * contain the target's, since that may be as long as the file system allows.
 */
final class TemporaryFile implements WritableByteChannel {

    static final String PREFIX = ".txt2lora-";
    static final String SUFFIX = ".tmp";

    /** The JDK copies what it writes from the heap, at once and for ever: in pieces, that stays small. */
    private static final int LARGEST_PIECE = 1 << 20;

    private final Path path;
    private @Nullable SeekableByteChannel channel;
    private long written;

    private TemporaryFile(Path path) {
        this.path = path;
    }

    /** Only chooses the name. */
    static TemporaryFile beside(Path target) {
        String random = UUID.randomUUID().toString().substring(0, 8);
        return new TemporaryFile(
                target.resolveSibling(PREFIX + ProcessStamp.current().text() + "." + random + SUFFIX));
    }

    Path path() {
        return path;
    }

    /** Bytes that were written without an error. */
    long written() {
        return written;
    }

    void create() throws IOException {
        channel = Files.newByteChannel(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (channel instanceof FileChannel file) {
            FileLocks.tryLock(file);
        }
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        SeekableByteChannel out = channel;
        if (out == null) {
            throw new ClosedChannelException();
        }
        int length = bytes.remaining();
        int end = bytes.limit();
        try {
            while (bytes.position() < end) {
                bytes.limit(Math.min(end, bytes.position() + LARGEST_PIECE));
                written += out.write(bytes);
            }
        } finally {
            bytes.limit(end);
        }
        return length;
    }

    /** Ends the writing; everything is on the disk afterwards. */
    void finish() throws IOException {
        if (channel instanceof FileChannel file) {
            file.force(true);
        }
        closeChannel();
    }

    @Override
    public boolean isOpen() {
        return channel != null;
    }

    private void closeChannel() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            closeChannel();
        } finally {
            Files.deleteIfExists(path);
        }
    }
}
