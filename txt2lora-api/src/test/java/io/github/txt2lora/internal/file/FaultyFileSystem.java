package io.github.txt2lora.internal.file;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Set;

/** Another file system that fails on command. Its paths are wrapped, so that all work on them passes through here. */
final class FaultyFileSystem extends FileSystem {

    private final FileSystem real;
    private final FaultyProvider provider;
    private Fault fault = (operation, path) -> {};
    private long bytesLeft = Long.MAX_VALUE;

    /** The operations that can fail. */
    enum Operation {
        CHECK_WRITE,
        CREATE,
        LOCK,
        FORCE,
        ATOMIC_MOVE,
        MOVE,
        DELETE
    }

    /** Decides by throwing. */
    @FunctionalInterface
    interface Fault {
        void before(Operation operation, Path path) throws IOException;
    }

    FaultyFileSystem(FileSystem real) {
        this.real = real;
        this.provider = new FaultyProvider(this, real.provider());
    }

    /** Asked before each operation from now on. */
    void fault(Fault newFault) {
        fault = newFault;
    }

    void before(Operation operation, Path path) throws IOException {
        fault.before(operation, path);
    }

    /** From now on, so many bytes can be written, in all files together. */
    void bytesLeft(long bytes) {
        bytesLeft = bytes;
    }

    /** Takes up to so many bytes of what is left, and returns how many. */
    int take(int bytes) {
        int taken = (int) Math.min(bytes, bytesLeft);
        bytesLeft -= taken;
        return taken;
    }

    Path wrap(Path path) {
        return WrappedPath.wrap(path, this);
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() throws IOException {
        real.close();
    }

    @Override
    public boolean isOpen() {
        return real.isOpen();
    }

    @Override
    public boolean isReadOnly() {
        return real.isReadOnly();
    }

    @Override
    public String getSeparator() {
        return real.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return real.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return real.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return wrap(real.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        PathMatcher matcher = real.getPathMatcher(syntaxAndPattern);
        return path -> matcher.matches(WrappedPath.unwrap(path));
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return real.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }
}
