package io.github.txt2lora.internal.file;

import io.github.txt2lora.internal.file.FaultyFileSystem.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** Writes as many bytes as the {@link FaultyFileSystem} has left, to the very last one, and then says it is full. */
final class FaultyChannel extends FileChannel {

    private final FaultyFileSystem fileSystem;
    private final Path path;
    private final FileChannel real;

    FaultyChannel(FaultyFileSystem fileSystem, Path path, FileChannel real) {
        this.fileSystem = fileSystem;
        this.path = path;
        this.real = real;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int taken = take(source);
        int end = source.limit();
        source.limit(source.position() + taken);
        try {
            return real.write(source);
        } finally {
            source.limit(end);
        }
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        take(source);
        return real.write(source, position);
    }

    private int take(ByteBuffer source) throws IOException {
        int taken = fileSystem.take(source.remaining());
        if (taken == 0 && source.hasRemaining()) {
            throw new IOException("No space left on device");
        }
        return taken;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void force(boolean metaData) throws IOException {
        fileSystem.before(Operation.FORCE, path);
        real.force(metaData);
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        fileSystem.before(Operation.LOCK, path);
        return real.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        fileSystem.before(Operation.LOCK, path);
        return real.tryLock(position, size, shared);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return real.read(target);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return real.read(target, position);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return real.read(targets, offset, length);
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        real.position(newPosition);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        real.truncate(size);
        return this;
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return real.transferTo(position, count, target);
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        return real.transferFrom(source, position, count);
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
        return real.map(mode, position, size);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }
}
