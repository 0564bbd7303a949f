package io.github.txt2lora.internal.file;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.LockFile.TakenException;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The sole right to produce one file, from the start of the work to its end. It is kept by a small lock file beside the
 * file, {@code .txt2lora-lock-NAME}, that is locked by the system for as long as the process lives and gone afterwards.
 * One file is claimed and not its folder, so that two LoRAs can be trained into one folder at once.
 *
 * <p>On file systems without locks, as some network drives, the lock file's text alone tells of the other process: one
 * on this machine that lives is respected; whether one on another machine lives cannot be known, so there is only a
 * warning.
 */
public final class FileClaim implements AutoCloseable {

    private static final String PREFIX = ".txt2lora-lock-";

    /**
     * Claims of this process, by the lock files themselves, since a file can have several addresses: they must be known
     * before a lock file is opened, since that would give up the lock of this very process. System properties, because
     * class loaders can hold several copies of this class, but the system's locks know only the process. The text is also
     * the monitor of all copies: a removed lock file's identity is soon that of another one, whose claim is not to find
     * this one's property.
     */
    private static final String PROPERTY = "txt2lora.claim.";

    private final String property;
    private final LockFile lock;

    private FileClaim(String property, LockFile lock) {
        this.property = property;
        this.lock = lock;
    }

    /**
     * Claims a file, which need not exist, in a folder that does.
     *
     * @param work the work that produces it, for those of this process who want it too, for example "the training of
     *     krnkmd"
     * @param warnings is told when the claim could not be made sure
     * @throws StorageException if another process or other work of this one holds it, which the message names; or the
     *     lock file cannot be written. See {@link #isTaken}
     */
    public static FileClaim take(Path file, String work, Consumer<String> warnings) {
        try {
            return claim(file, work, warnings);
        } catch (TakenException e) {
            throw new StorageException(
                    file + " is being produced by " + e.holder()
                            + "; wait until that has ended, or choose another name or another folder",
                    e);
        }
    }

    /**
     * As {@link #take}, for those who can wait.
     *
     * @return empty if somebody else holds it
     */
    public static Optional<FileClaim> tryTake(Path file, String work, Consumer<String> warnings) {
        try {
            return Optional.of(claim(file, work, warnings));
        } catch (TakenException e) {
            return Optional.empty();
        }
    }

    /** Whether {@link #take} threw because somebody else holds the file. */
    public static boolean isTaken(StorageException failure) {
        return failure.getCause() instanceof TakenException;
    }

    private static FileClaim claim(Path file, String work, Consumer<String> warnings) throws TakenException {
        try {
            Path folder = StorageFailure.folderOf(file).toRealPath();
            Path lockFile = folder.resolve(PREFIX + file.getFileName());
            synchronized (PROPERTY) {
                return claim(lockFile, PROPERTY + LockFile.identify(lockFile), work, warnings);
            }
        } catch (TakenException e) {
            throw e;
        } catch (IOException | ReadOnlyFileSystemException e) {
            throw StorageFailure.of(file, 0, e);
        }
    }

    private static FileClaim claim(Path lockFile, String property, String work, Consumer<String> warnings)
            throws IOException {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Object earlier = System.getProperties().putIfAbsent(property, work + " in this program (since " + now + ")");
        if (earlier != null) {
            throw new TakenException(lockFile, earlier.toString());
        }
        boolean taken = false;
        try {
            FileClaim claim = new FileClaim(property, LockFile.take(lockFile, now, warnings));
            taken = true;
            return claim;
        } finally {
            if (!taken) {
                System.getProperties().remove(property);
            }
        }
    }

    /** Gives the claim up; the lock file is removed. */
    @Override
    public void close() {
        synchronized (PROPERTY) {
            try {
                lock.close();
            } finally {
                System.getProperties().remove(property);
            }
        }
    }
}
