package io.github.txt2lora.internal.file;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.RegularFile.OtherKindException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;

/** Says why a file could not be written, where the system often says only "no". */
public final class StorageFailure {

    /** Phrases that the systems' messages for a full disk contain. */
    private static final List<String> FULL =
            List.of("no space left", "not enough space", "out of disk space", "quota exceeded");

    /** In bytes, on all file systems in common use but for their limits on whole paths. */
    private static final int LONGEST_NAME = 255;

    private StorageFailure() {}

    /** The folder that a file lies in. */
    public static Path folderOf(Path file) {
        Path absolute = file.toAbsolutePath();
        return Objects.requireNonNullElse(absolute.getParent(), absolute);
    }

    /** The space that is left for files in a folder, in bytes; empty if its file system does not know. */
    public static OptionalLong spaceIn(Path folder) {
        try {
            FileStore store = Files.getFileStore(folder);
            // drives of network services say that they have no space at all
            return store.getTotalSpace() > 0 ? OptionalLong.of(store.getUsableSpace()) : OptionalLong.empty();
        } catch (IOException | UnsupportedOperationException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * The exception for a write that failed. Looks at the folder as it is now, so temporary files should be gone.
     *
     * @param bytes space that the file needs; as much as was written when that is not known
     */
    public static StorageException of(Path target, long bytes, Exception failure) {
        if (failure instanceof OtherKindException other) {
            return other.asStorageException();
        }
        return new StorageException(target + " cannot be written: " + reason(target, bytes, failure), failure);
    }

    private static String reason(Path target, long bytes, Exception failure) {
        Path folder = folderOf(target);
        OptionalLong space = spaceIn(folder);
        String name = String.valueOf(target.getFileName());
        int nameLength = name.getBytes(StandardCharsets.UTF_8).length;
        if (failure instanceof ClosedByInterruptException) {
            return "the thread that wrote it was interrupted; write it again";
        } else if (failure instanceof ReadOnlyFileSystemException
                || says(failure, "read-only file system")
                || isReadOnly(folder)) {
            return "the file system of " + folder + " is read-only; choose a folder elsewhere";
        } else if (nameLength > LONGEST_NAME || says(failure, "name too long")) {
            return "its name has " + nameLength + " bytes, which is too long here; choose a shorter name, of at most "
                    + LONGEST_NAME + " bytes, or a folder whose path is shorter";
        } else if (Files.notExists(folder)) {
            return "folder " + folder + " does not exist; create it, or connect the drive that it is on";
        } else if (!Files.isDirectory(folder)) {
            return folder + " is a file; expected a folder";
        } else if (FULL.stream().anyMatch(text -> says(failure, text))
                || (space.isPresent() && space.getAsLong() < bytes)) {
            return "the disk of " + folder + " is full: " + ByteSize.text(bytes) + " are needed"
                    + (space.isPresent() ? " and " + ByteSize.text(space.getAsLong()) + " are there" : "")
                    + "; free some space, or choose a folder on another disk";
        } else if (Files.isWritable(folder)
                && failure instanceof IOException e
                && FileReplacement.isOpenElsewhere(e, target)) {
            return "another program has it open; close it there, then try again";
        } else if (failure instanceof AccessDeniedException || !Files.isWritable(folder)) {
            return "there is no permission to write into folder " + folder
                    + "; allow it, or choose a folder where you may write";
        }
        return failure + "; expected a file in a folder with permission to write and space left";
    }

    /** Whether nothing at all can be written where a folder is. */
    static boolean isReadOnly(Path folder) {
        try {
            return Files.getFileStore(folder).isReadOnly();
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static boolean says(Throwable failure, String text) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            String message = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
            if (message != null && message.toLowerCase(Locale.ROOT).contains(text)) {
                return true;
            }
        }
        return false;
    }
}
