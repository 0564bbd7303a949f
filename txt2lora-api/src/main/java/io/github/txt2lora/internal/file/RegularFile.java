package io.github.txt2lora.internal.file;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Opens files so that whoever filled a folder cannot lead this program to others: nothing is written through a link,
 * and pipes and devices, which could hang it, are never opened. All files of this program are opened here.
 */
public final class RegularFile {

    /** Missing on Windows, whose hard links need the right to write to the file. */
    private static final String UNIX_VIEW = "unix";

    private RegularFile() {}

    /** Something else than a file lies under a name, or a file that lies under other names too. */
    static final class OtherKindException extends FileSystemException {
        private static final long serialVersionUID = 1L;

        OtherKindException(Path file, String reason) {
            super(file.toString(), null, reason);
        }

        /** Names the file, its kind and the expected one. */
        StorageException asStorageException() {
            return new StorageException(getFile() + " " + getReason(), this);
        }
    }

    /** Whether there is a file under a name, and not a link to one. */
    public static boolean isAt(Path file) {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Passes if there is nothing under a name, or a file which may be replaced.
     *
     * @throws StorageException if there is a link, folder, pipe or device, which the message says
     */
    public static void requireReplaceable(Path file) {
        try {
            requireNothingElse(file);
        } catch (NoSuchFileException e) {
            // free
        } catch (OtherKindException e) {
            throw e.asStorageException();
        } catch (IOException e) {
            throw StorageFailure.of(file, 0, e);
        }
    }

    /**
     * Opens a file that this program has written, or creates it.
     *
     * @throws IOException if there is a link, folder, pipe or device under the name, or the system does not let it be
     *     opened; {@link StorageFailure} finds words for it
     */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        List<OpenOption> all = new ArrayList<>(List.of(options));
        all.add(LinkOption.NOFOLLOW_LINKS);
        try {
            requireNothingElse(file);
        } catch (NoSuchFileException e) {
            // opening it says so, or creates it
        }
        FileChannel channel = FileChannel.open(file, all.toArray(OpenOption[]::new));
        try {
            requireNothingElse(file);
            return channel;
        } catch (NoSuchFileException e) {
            return channel; // removed since
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * As {@link #open}, for a file whose content is changed in its place, which must not be that of another file.
     *
     * @throws IOException as {@link #open}, or if the file lies under other names too
     */
    public static FileChannel openToChange(Path file, OpenOption... options) throws IOException {
        FileChannel channel = open(file, options);
        try {
            if (names(file) > 1) {
                throw new OtherKindException(
                        file, "is another name (a hard link) of a file; expected a file of its own: remove it");
            }
            return channel;
        } catch (NoSuchFileException e) {
            return channel; // removed since
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static int names(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains(UNIX_VIEW)
                        && Files.getAttribute(file, UNIX_VIEW + ":nlink", LinkOption.NOFOLLOW_LINKS)
                                instanceof Integer n
                ? n
                : 1;
    }

    /**
     * Opens a file that a user gave, or a link to one.
     *
     * @throws IOException if there is a folder, pipe or device under the name, or the system does not let it be opened
     */
    public static FileChannel openToRead(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new OtherKindException(file, "is " + kind(file, attributes) + "; expected a file");
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    private static void requireNothingElse(Path file) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
            throw new OtherKindException(
                    file, "is a folder; expected a name that is free, or a file, which would be replaced");
        } else if (!attributes.isRegularFile()) {
            throw new OtherKindException(
                    file,
                    "is " + kind(file, attributes) + "; expected a name that is free, or a file: nothing is written"
                            + " through links, pipes and devices. Remove it, or choose another name");
        }
    }

    private static String kind(Path file, BasicFileAttributes attributes) throws IOException {
        if (attributes.isSymbolicLink()) {
            return "a link to " + Files.readSymbolicLink(file);
        }
        return attributes.isDirectory() ? "a folder" : "a pipe, socket or device";
    }
}
