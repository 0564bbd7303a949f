package io.github.txt2lora.internal.file;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Puts a file in the place of another one. */
final class FileReplacement {

    private static final int ATTEMPTS = 5;
    private static final long FIRST_PAUSE_MILLIS = 50;

    private final Pause pause;

    /** The way to wait. */
    @FunctionalInterface
    interface Pause {
        void millis(long millis) throws InterruptedException;
    }

    FileReplacement(Pause pause) {
        this.pause = pause;
    }

    /**
     * Moves at once where the file system can, and otherwise so that there is a whole file at any time, be it under
     * another name. Windows does not replace a file that somebody has open, such as a virus scanner or the image
     * program that shows it: since that often passes, it is tried again for most of a second.
     */
    void replace(Path source, Path target) throws IOException {
        long millis = FIRST_PAUSE_MILLIS;
        for (int attempt = 1; true; attempt++) {
            try {
                move(source, target);
                return;
            } catch (FileSystemException e) {
                if (attempt == ATTEMPTS || !isOpenElsewhere(e, target)) {
                    throw e;
                }
                waitAfter(e, millis);
                millis *= 2;
            }
        }
    }

    /** Whether the failure is the one that Windows reports for files that are open. */
    static boolean isOpenElsewhere(IOException failure, Path target) {
        return failure instanceof FileSystemException
                && (failure instanceof AccessDeniedException
                        || String.valueOf(failure.getMessage()).contains("used by another process"))
                && Files.exists(target);
    }

    private void waitAfter(FileSystemException failure, long millis) throws FileSystemException {
        try {
            pause.millis(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    private static void move(Path source, Path target) throws IOException {
        try {
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException | UnsupportedOperationException e) {
            moveInTwoSteps(source, target);
        }
    }

    private static void moveInTwoSteps(Path source, Path target) throws IOException {
        Path old = LeftoverFiles.oldOf(target);
        boolean replaces = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        if (replaces) {
            Files.move(target, old, StandardCopyOption.REPLACE_EXISTING);
        }
        try {
            Files.move(source, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            if (replaces) {
                putBack(old, target, e);
            }
            throw e;
        }
        Files.deleteIfExists(old);
    }

    private static void putBack(Path old, Path target, IOException failure) {
        try {
            Files.move(old, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            failure.addSuppressed(e);
            throw new StorageException(
                    target + " cannot be replaced (" + failure + "), and the file that was there cannot be put back ("
                            + e + "); it is kept as " + old + ": rename it when the folder can be written to again",
                    failure);
        }
    }
}
