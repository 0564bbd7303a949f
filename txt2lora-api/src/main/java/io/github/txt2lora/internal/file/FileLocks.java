package io.github.txt2lora.internal.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;

/**
 * Locks between processes, which end with the process that holds them. A process must not open a file again that it
 * holds locked: on POSIX systems, closing it gives the lock up.
 */
public final class FileLocks {

    /** Beyond what such a file holds, because on Windows nobody else could read a byte that is locked. */
    private static final long LOCKED_BYTE = 1L << 40;

    private FileLocks() {}

    /** The outcome of the attempt. */
    public enum Outcome {
        /** Held until the channel is closed. */
        LOCKED,
        /** Another process holds it. */
        TAKEN,
        /** The file system has no locks. */
        UNSUPPORTED
    }

    /** Tries to lock a file that is open for writing, without waiting. */
    public static Outcome tryLock(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            return lock == null ? Outcome.TAKEN : Outcome.LOCKED;
        } catch (OverlappingFileLockException e) {
            return Outcome.TAKEN;
        } catch (IOException | UnsupportedOperationException e) {
            return Outcome.UNSUPPORTED;
        }
    }
}
