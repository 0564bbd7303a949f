package io.github.txt2lora.internal.file;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;

/**
 * Writes files that appear under their name only when they are whole and on the disk. A file is written beside its
 * target first, forced to the disk and moved; whatever happens before that, an older file stays as it was and the
 * temporary one is removed. If the process is killed, the temporary file is removed by the next write into the folder,
 * by whichever process.
 */
public final class AtomicFile {

    private static final FileReplacement REPLACEMENT = new FileReplacement(Thread::sleep);

    private AtomicFile() {}

    /** The content to write to a file. */
    @FunctionalInterface
    public interface Content {

        /** Writes all of it; each write takes all bytes that it is given. */
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    /**
     * Writes a file, and replaces one that is there. What else lies under the name, such as a link, is refused.
     *
     * @throws StorageException if the disk is full, the folder is missing or may not be written to, the file may not be
     *     replaced, something else lies there or its name is not possible; the message says which, where and what to do
     */
    public static void write(Path target, Content content) {
        write(target, 0, content);
    }

    /**
     * As {@link #write(Path, Content)}.
     *
     * @param size its final size in bytes, for the message when the disk is full; 0 if unknown
     */
    public static void write(Path target, long size, Content content) {
        Path file = prepare(target);
        TemporaryFile temporary = TemporaryFile.beside(file);
        try (temporary) {
            temporary.create();
            content.writeTo(temporary);
            temporary.finish();
            REPLACEMENT.replace(temporary.path(), file);
        } catch (IOException | ReadOnlyFileSystemException e) {
            throw StorageFailure.of(target, Math.max(size, temporary.written()), e);
        }
        forceFolder(file);
    }

    /** Writes a text in UTF-8; throws as {@link #write(Path, Content)}. */
    public static void write(Path target, String text) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        write(target, bytes.remaining(), channel -> channel.write(bytes));
    }

    /**
     * Does everything that {@link #write(Path, Content)} does before the content; for work that would be in vain if the
     * file could not be written at its end.
     *
     * @throws StorageException as {@link #write(Path, Content)}
     */
    public static void requireWritable(Path target) {
        TemporaryFile temporary = TemporaryFile.beside(prepare(target));
        try (temporary) {
            temporary.create();
            temporary.write(ByteBuffer.allocate(1));
            temporary.finish();
        } catch (IOException | ReadOnlyFileSystemException e) {
            throw StorageFailure.of(target, 1, e);
        }
    }

    /**
     * Puts a file that is whole into its place in the same folder, forced to the disk.
     *
     * @throws StorageException as {@link #write(Path, Content)}; the source stays where it is
     */
    public static void move(Path source, Path target) {
        Path file = prepare(target);
        try {
            try (FileChannel channel = RegularFile.open(source, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            REPLACEMENT.replace(source, file);
        } catch (IOException | ReadOnlyFileSystemException e) {
            throw StorageFailure.of(target, 0, e);
        }
        forceFolder(file);
    }

    /** The absolute path of a file that may be written, in a folder without leftovers. */
    private static Path prepare(Path target) {
        Path file = target.toAbsolutePath();
        RegularFile.requireReplaceable(target);
        if (RegularFile.isAt(file)
                && !Files.isWritable(file)
                && !StorageFailure.isReadOnly(StorageFailure.folderOf(file))) {
            throw new StorageException(
                    target + " is read-only; allow writing to it, remove it, or choose another name");
        }
        LeftoverFiles.clean(StorageFailure.folderOf(file));
        return file;
    }

    /** Makes the new name last through a loss of power; Windows and some network drives cannot, and need not. */
    private static void forceFolder(Path file) {
        try (FileChannel folder = FileChannel.open(StorageFailure.folderOf(file), StandardOpenOption.READ)) {
            folder.force(true);
        } catch (IOException | UnsupportedOperationException e) {
            return;
        }
    }
}
