package io.github.txt2lora.internal.file;

import io.github.txt2lora.internal.file.FileLocks.Outcome;
import io.github.txt2lora.internal.file.ProcessStamp.Liveness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A file that is locked by this process, with a text that says so to others, and is removed in the end. */
final class LockFile implements AutoCloseable {

    /** More often than the file vanishes between two calls by chance. */
    private static final int ATTEMPTS = 100;

    private static final int LONGEST_TEXT = 1000;

    private final Path path;
    private final FileChannel channel;

    private LockFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Somebody else holds it. */
    static final class TakenException extends FileSystemException {
        private static final long serialVersionUID = 1L;

        private final String holder;

        TakenException(Path path, String holder) {
            super(path.toString(), null, "held by " + holder);
            this.holder = holder;
        }

        /** The holder, in words. */
        String holder() {
            return holder;
        }
    }

    /**
     * Creates and locks the file, or takes over that of a process that was killed.
     *
     * @param now goes into the text, without spaces
     * @param warnings is told when the file system has no locks
     * @throws TakenException if another process holds it
     */
    static LockFile take(Path path, String now, Consumer<String> warnings) throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                createIfMissing(path);
                Object seen = identity(path);
                FileChannel channel = RegularFile.openToChange(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                if (lock(path, channel, seen, now, warnings)) {
                    return new LockFile(path, channel);
                }
            } catch (NoSuchFileException e) {
                if (Files.notExists(StorageFailure.folderOf(path))) {
                    throw e;
                }
            }
        }
        throw new TakenException(path, "several other processes in turn");
    }

    /**
     * Locks the opened channel; closes it if that fails.
     *
     * @return false if it is not the file of that name any more: its holder removed it in the end
     */
    private static boolean lock(
            Path path, FileChannel channel, @Nullable Object seen, String now, Consumer<String> warnings)
            throws IOException {
        boolean locked = false;
        try {
            Outcome outcome = FileLocks.tryLock(channel);
            String text = read(channel);
            if (outcome == Outcome.TAKEN || isOfLivingProcess(text)) {
                throw new TakenException(path, describe(text));
            }
            if (Objects.equals(seen, identity(path))) {
                if (outcome == Outcome.UNSUPPORTED) {
                    warnings.accept(withoutLocks(path, text));
                }
                channel.truncate(0);
                channel.write(
                        StandardCharsets.UTF_8.encode(ProcessStamp.current().text() + " " + now), 0);
                locked = true;
            }
            return locked;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    /**
     * Identifies the file under whatever name and path it is reached; links, and file systems that ignore case, give it
     * several. Creates the file if it is missing.
     */
    static String identify(Path path) throws IOException {
        createIfMissing(path);
        Object key = identity(path);
        return key == null ? path.toRealPath().toString() : key.toString();
    }

    private static void createIfMissing(Path path) throws IOException {
        try {
            RegularFile.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                    .close();
        } catch (FileAlreadyExistsException e) {
            // left by a process that was killed, or held
        }
    }

    private static @Nullable Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static String read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST_TEXT);
        channel.read(bytes, 0);
        return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
    }

    private static Optional<ProcessStamp> holder(String text) {
        return ProcessStamp.parse(text.split(" ", 2)[0]);
    }

    /** Decides by the text where locks are missing or only pretend to work. */
    private static boolean isOfLivingProcess(String text) {
        return holder(text)
                .filter(stamp -> !stamp.equals(ProcessStamp.current()))
                .filter(stamp -> stamp.liveness() == Liveness.ALIVE)
                .isPresent();
    }

    private static String describe(String text) {
        return holder(text)
                .map(stamp -> "process " + stamp.pid() + " on " + stamp.host() + " (since "
                        + text.substring(stamp.text().length()).strip() + ")")
                .orElse("another process");
    }

    private static String withoutLocks(Path path, String text) {
        String other = holder(text)
                .filter(stamp -> stamp.liveness() == Liveness.UNKNOWN)
                .map(stamp -> "; " + describe(text) + " may be at work there or have been killed")
                .orElse("");
        return "the file system of " + path.getParent() + " has no locks, so that nothing keeps a process of another"
                + " machine from producing the same file" + other;
    }

    /** Removes the file while it is still locked, so that nobody can take it before it is gone. */
    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(path);
        } catch (IOException | ReadOnlyFileSystemException e) {
            return; // its folder has vanished; the lock ends with the channel
        }
    }
}
