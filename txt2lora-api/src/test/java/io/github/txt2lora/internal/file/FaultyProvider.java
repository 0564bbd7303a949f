package io.github.txt2lora.internal.file;

import io.github.txt2lora.internal.file.FaultyFileSystem.Operation;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks the {@link FaultyFileSystem} before it hands an operation to the real provider. */
final class FaultyProvider extends FileSystemProvider {

    private final FaultyFileSystem fileSystem;
    private final FileSystemProvider real;

    FaultyProvider(FaultyFileSystem fileSystem, FileSystemProvider real) {
        this.fileSystem = fileSystem;
        this.real = real;
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override
    public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        if (options.contains(StandardOpenOption.CREATE) || options.contains(StandardOpenOption.CREATE_NEW)) {
            fileSystem.before(Operation.CREATE, path);
        }
        return new FaultyChannel(fileSystem, path, real.newFileChannel(WrappedPath.unwrap(path), options, attributes));
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        DirectoryStream<Path> stream = real.newDirectoryStream(WrappedPath.unwrap(folder), filter);
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                List<Path> wrapped = new ArrayList<>();
                stream.forEach(path -> wrapped.add(fileSystem.wrap(path)));
                return wrapped.iterator();
            }

            @Override
            public void close() throws IOException {
                stream.close();
            }
        };
    }

    @Override
    public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        real.createDirectory(WrappedPath.unwrap(folder), attributes);
    }

    @Override
    public void delete(Path path) throws IOException {
        fileSystem.before(Operation.DELETE, path);
        real.delete(WrappedPath.unwrap(path));
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        real.copy(WrappedPath.unwrap(source), WrappedPath.unwrap(target), options);
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        boolean atomic = List.of(options).contains(StandardCopyOption.ATOMIC_MOVE);
        fileSystem.before(atomic ? Operation.ATOMIC_MOVE : Operation.MOVE, target);
        real.move(WrappedPath.unwrap(source), WrappedPath.unwrap(target), options);
    }

    @Override
    public boolean isSameFile(Path path, Path other) throws IOException {
        return real.isSameFile(WrappedPath.unwrap(path), WrappedPath.unwrap(other));
    }

    @Override
    public boolean isHidden(Path path) throws IOException {
        return real.isHidden(WrappedPath.unwrap(path));
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        return real.getFileStore(WrappedPath.unwrap(path));
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        if (List.of(modes).contains(AccessMode.WRITE)) {
            fileSystem.before(Operation.CHECK_WRITE, path);
        }
        real.checkAccess(WrappedPath.unwrap(path), modes);
    }

    @Override
    public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        return real.getFileAttributeView(WrappedPath.unwrap(path), type, options);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        return real.readAttributes(WrappedPath.unwrap(path), type, options);
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        return real.readAttributes(WrappedPath.unwrap(path), attributes, options);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        real.setAttribute(WrappedPath.unwrap(path), attribute, value, options);
    }

    @Override
    public String getScheme() {
        return "faulty";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException();
    }
}
