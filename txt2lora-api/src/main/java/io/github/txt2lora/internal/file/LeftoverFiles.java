package io.github.txt2lora.internal.file;

import io.github.txt2lora.internal.file.FileLocks.Outcome;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The leftovers in a folder of processes that were killed while they wrote: temporary files, which are removed, and
 * files that were to be replaced, which are put back.
 */
final class LeftoverFiles {

    private static final String OLD = TemporaryFile.PREFIX + "old-";

    /** Nobody writes for so long without changing the file; the processes of other machines are judged by it. */
    private static final Duration SURELY_LEFT = Duration.ofDays(1);

    private LeftoverFiles() {}

    /** The place of an existing file while another one takes its name on file systems that cannot replace at once. */
    static Path oldOf(Path target) {
        return target.resolveSibling(OLD + target.getFileName());
    }

    /** Cleans up as far as that is possible; the write that follows reports problems of the folder. */
    static void clean(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, TemporaryFile.PREFIX + "*")) {
            for (Path file : files) {
                // opening a pipe of such a name would wait for ever
                if (RegularFile.isAt(file)) {
                    clean(file, String.valueOf(file.getFileName()));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return;
        }
    }

    private static void clean(Path file, String name) throws IOException {
        if (name.startsWith(OLD)) {
            putBack(file, file.resolveSibling(name.substring(OLD.length())));
        } else if (isLeft(file, name)) {
            Files.deleteIfExists(file);
        }
    }

    /** The file that replaces it is there, or else it never came. */
    private static void putBack(Path old, Path target) throws IOException {
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(old);
        } else {
            Files.move(old, target);
        }
    }

    private static boolean isLeft(Path file, String name) throws IOException {
        Optional<ProcessStamp> owner = owner(name);
        if (owner.isEmpty()) {
            return false;
        }
        boolean left = switch (owner.get().liveness()) {
            case ALIVE -> false;
            case DEAD -> true;
            case UNKNOWN -> {
                Instant changed = Files.getLastModifiedTime(file).toInstant();
                yield changed.plus(SURELY_LEFT).isBefore(Instant.now());
            }
        };
        return left && !isLocked(file);
    }

    private static Optional<ProcessStamp> owner(String name) {
        int dot = name.lastIndexOf('.', name.length() - TemporaryFile.SUFFIX.length() - 1);
        if (!name.endsWith(TemporaryFile.SUFFIX) || dot < TemporaryFile.PREFIX.length()) {
            return Optional.empty();
        }
        return ProcessStamp.parse(name.substring(TemporaryFile.PREFIX.length(), dot));
    }

    /** The second witness: containers that have the same host name see different processes, but one lock. */
    private static boolean isLocked(Path file) throws IOException {
        try (FileChannel channel = RegularFile.open(file, StandardOpenOption.WRITE)) {
            return FileLocks.tryLock(channel) == Outcome.TAKEN;
        }
    }
}
