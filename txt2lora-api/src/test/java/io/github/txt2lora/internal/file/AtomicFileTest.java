package io.github.txt2lora.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.FaultyFileSystem.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

    private static final String NEW = "the new content";

    @TempDir
    Path disk;

    private FaultyFileSystem fileSystem;
    private Path folder;
    private Path file;

    @BeforeEach
    void an_older_file() throws IOException {
        fileSystem = new FaultyFileSystem(Jimfs.newFileSystem(Configuration.unix()));
        folder = Files.createDirectory(fileSystem.getPath("/lora"));
        file = Files.writeString(folder.resolve("krnkmd.safetensors"), "old");
    }

    @AfterEach
    void close() throws IOException {
        fileSystem.close();
    }

    @Test
    void replaces_an_older_file_and_leaves_nothing_beside_it() throws IOException {
        AtomicFile.write(file, NEW);

        assertThat(Files.readString(file)).isEqualTo(NEW);
        assertThat(files()).containsExactly(file);
    }

    @Test
    void writes_more_than_one_piece() throws IOException {
        byte[] large = new byte[(5 << 20) / 2];
        large[large.length - 1] = 1;

        AtomicFile.write(disk.resolve("large"), channel -> {
            assertThat(channel.write(ByteBuffer.wrap(large))).isEqualTo(large.length);
        });

        assertThat(disk.resolve("large")).hasBinaryContent(large);
    }

    @Test
    void is_not_there_before_it_is_whole() throws IOException {
        Path fresh = folder.resolve("fresh");

        AtomicFile.write(fresh, channel -> {
            channel.write(ByteBuffer.allocate(1));
            assertThat(Files.notExists(fresh)).isTrue();
        });

        assertThat(Files.size(fresh)).isEqualTo(1);
    }

    @Test
    void disk_that_runs_full_at_any_byte() throws IOException {
        for (int left = 0; left < NEW.length(); left++) {
            fileSystem.bytesLeft(left);
            failure(NEW)
                    .startsWith(file + " cannot be written: the disk of /lora is full: 15 bytes are needed and ")
                    .endsWith(" are there; free some space, or choose a folder on another disk");
        }
        fileSystem.bytesLeft(NEW.length());
        AtomicFile.write(file, NEW);
        assertThat(Files.readString(file)).isEqualTo(NEW);
    }

    @Test
    void disk_that_is_full_while_the_size_is_unknown() throws IOException {
        Configuration small = Configuration.unix().toBuilder()
                .setBlockSize(1024)
                .setMaxSize(4096)
                .build();
        try (FileSystem jimfs = Jimfs.newFileSystem(small)) {
            Path path = jimfs.getPath("/full.png");

            assertThatThrownBy(() -> AtomicFile.write(path, channel -> {
                        while (true) {
                            channel.write(ByteBuffer.allocate(1000));
                        }
                    }))
                    .isInstanceOf(StorageException.class)
                    .hasMessage("/full.png cannot be written: the disk of / is full: 3.9 KiB are needed and 4.0 KiB are"
                            + " there; free some space, or choose a folder on another disk");

            try (Stream<Path> left = Files.list(jimfs.getPath("/"))) {
                assertThat(left.filter(Files::isRegularFile)).isEmpty();
            }
        }
    }

    @Test
    void disk_that_fails_when_forced() throws IOException {
        failing(Operation.FORCE, new IOException("Input/output error"));

        failure(NEW).contains("Input/output error", "expected a file in a folder with permission to write");
    }

    @Test
    void move_that_fails() throws IOException {
        failing(Operation.ATOMIC_MOVE, new FileSystemException("a", "b", "Input/output error"));

        failure(NEW).contains("Input/output error");
    }

    @Test
    void content_that_cannot_be_made() throws IOException {
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    channel.write(ByteBuffer.allocate(3));
                    throw new IllegalStateException("device lost");
                }))
                .hasMessage("device lost");
        assertUntouched();
    }

    @Test
    void file_system_that_cannot_replace_at_once() throws IOException {
        failing(Operation.ATOMIC_MOVE, new AtomicMoveNotSupportedException("a", "b", "a bucket"));

        AtomicFile.write(file, NEW);
        AtomicFile.write(folder.resolve("fresh"), NEW);

        assertThat(Files.readString(file)).isEqualTo(NEW);
        assertThat(files()).containsExactly(folder.resolve("fresh"), file);
    }

    @Test
    void file_system_that_fails_between_its_two_steps() throws IOException {
        fileSystem.fault((operation, path) -> {
            if (operation == Operation.ATOMIC_MOVE) {
                throw new AtomicMoveNotSupportedException("a", "b", "a bucket");
            } else if (operation == Operation.MOVE && path.equals(file)) {
                fileSystem.fault((next, any) -> {});
                throw new IOException("connection lost");
            }
        });

        failure(NEW).contains("connection lost");
    }

    @Test
    void older_file_that_cannot_be_put_back_is_kept_and_put_back_by_the_next_write() throws IOException {
        fileSystem.fault((operation, path) -> {
            if (operation == Operation.ATOMIC_MOVE) {
                throw new AtomicMoveNotSupportedException("a", "b", "a bucket");
            } else if (operation == Operation.MOVE && path.equals(file)) {
                throw new IOException("connection lost");
            }
        });

        Path kept = folder.resolve(".txt2lora-old-krnkmd.safetensors");
        message(NEW).contains("it is kept as " + kept);
        assertThat(Files.readString(kept)).isEqualTo("old");
        assertThat(files()).containsExactly(kept);

        fileSystem.fault((operation, path) -> {});
        AtomicFile.write(folder.resolve("other"), NEW);
        assertThat(files()).containsExactly(file, folder.resolve("other"));
        assertThat(Files.readString(file)).isEqualTo("old");
    }

    @Test
    void older_file_whose_replacement_came_is_removed_by_the_next_write() throws IOException {
        Files.writeString(folder.resolve(".txt2lora-old-krnkmd.safetensors"), "older");

        AtomicFile.write(folder.resolve("other"), NEW);

        assertThat(files()).containsExactly(file, folder.resolve("other"));
        assertThat(Files.readString(file)).isEqualTo("old");
    }

    @Test
    void read_only_file() throws IOException {
        denying(file);

        failure(NEW).isEqualTo(file + " is read-only; allow writing to it, remove it, or choose another name");
    }

    @Test
    void folder_without_permission() throws IOException {
        fileSystem.fault((operation, path) -> {
            if (operation == Operation.CREATE || (operation == Operation.CHECK_WRITE && path.equals(folder))) {
                throw new AccessDeniedException(path.toString());
            }
        });

        failure(NEW)
                .isEqualTo(file + " cannot be written: there is no permission to write into folder /lora; allow it, or"
                        + " choose a folder where you may write");
    }

    @Test
    void read_only_file_system() throws IOException {
        fileSystem.fault((operation, path) -> {
            if (operation == Operation.CREATE) {
                throw new ReadOnlyFileSystemException();
            }
        });
        failure(NEW)
                .isEqualTo(
                        file + " cannot be written: the file system of /lora is read-only; choose a folder elsewhere");

        failing(Operation.CREATE, new FileSystemException("x", null, "Read-only file system"));
        failure(NEW).contains("the file system of /lora is read-only");
    }

    @Test
    void folder_that_vanishes_meanwhile() {
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    for (Path path : files()) {
                        Files.delete(path);
                    }
                    Files.delete(folder);
                }))
                .isInstanceOf(StorageException.class)
                .hasMessage(file + " cannot be written: folder /lora does not exist; create it, or connect the drive"
                        + " that it is on");
    }

    @Test
    void folder_that_is_a_file() {
        assertThatThrownBy(() -> AtomicFile.write(file.resolve("below"), NEW))
                .isInstanceOf(StorageException.class)
                .hasMessage(file.resolve("below") + " cannot be written: " + file + " is a file; expected a folder");
    }

    @Test
    void file_that_is_a_folder() {
        assertThatThrownBy(() -> AtomicFile.write(folder, NEW))
                .isInstanceOf(StorageException.class)
                .hasMessage("/lora is a folder; expected a name that is free, or a file, which would be replaced");
    }

    @Test
    void name_that_is_too_long_is_refused_before_anything_is_written() throws IOException {
        Path tooLong = disk.resolve("\u00e4".repeat(128));

        assertThatThrownBy(() -> AtomicFile.write(tooLong, channel -> {
                    throw new AssertionError("content was asked for");
                }))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("its name has 256 bytes, which is too long here");
        assertThat(disk).isEmptyDirectory();

        AtomicFile.write(disk.resolve("a".repeat(255)), NEW);
    }

    @Test
    void nothing_is_written_through_a_link() throws IOException {
        Path real = Files.writeString(disk.resolve("real"), "old");
        Path link = Files.createSymbolicLink(disk.resolve("link"), real);

        for (ThrowingCallable writing : List.<ThrowingCallable>of(
                () -> AtomicFile.write(link, NEW),
                () -> AtomicFile.requireWritable(link),
                () -> AtomicFile.move(Files.writeString(disk.resolve("source"), NEW), link))) {
            assertThatThrownBy(writing)
                    .isInstanceOf(StorageException.class)
                    .hasMessage(link + " is a link to " + real + "; expected a name that is free, or a file: nothing is"
                            + " written through links, pipes and devices. Remove it, or choose another name");
        }
        assertThat(link).isSymbolicLink();
        assertThat(real).hasContent("old");
    }

    @Test
    void link_to_the_folder_is_followed() throws IOException {
        Path real = Files.createDirectory(disk.resolve("real"));
        Path link = Files.createSymbolicLink(disk.resolve("link"), real);

        AtomicFile.write(link.resolve("krnkmd"), NEW);

        assertThat(real.resolve("krnkmd")).hasContent(NEW);
    }

    @Test
    void interrupted_thread() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> AtomicFile.write(disk.resolve("x"), NEW))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the thread that wrote it was interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(disk).isEmptyDirectory();
    }

    @Test
    void paths_of_windows() throws IOException {
        try (FileSystem windows = Jimfs.newFileSystem(Configuration.windows())) {
            Path path = windows.getPath("C:\\work\\krnkmd.safetensors");
            AtomicFile.write(path, NEW);
            assertThat(Files.readString(path)).isEqualTo(NEW);
        }
    }

    @Test
    void writability_is_told_beforehand_and_leaves_nothing() throws IOException {
        AtomicFile.requireWritable(file);
        AtomicFile.requireWritable(folder.resolve("fresh"));
        assertUntouched();

        fileSystem.bytesLeft(0);
        assertThatThrownBy(() -> AtomicFile.requireWritable(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the disk of /lora is full");
        assertUntouched();
    }

    private void failing(Operation failing, IOException failure) {
        fileSystem.fault((operation, path) -> {
            if (operation == failing) {
                throw failure;
            }
        });
    }

    private void denying(Path denied) {
        fileSystem.fault((operation, path) -> {
            if (path.equals(denied)) {
                throw new AccessDeniedException(path.toString());
            }
        });
    }

    /** The message of the failure to write, after which the older file is untouched and nothing is beside it. */
    private AbstractStringAssert<?> failure(String content) throws IOException {
        AbstractStringAssert<?> message = message(content);
        fileSystem.fault((operation, path) -> {});
        assertUntouched();
        return message;
    }

    private AbstractStringAssert<?> message(String content) {
        return assertThat(assertThatThrownBy(() -> AtomicFile.write(file, content))
                .isInstanceOf(StorageException.class)
                .actual()
                .getMessage());
    }

    private void assertUntouched() throws IOException {
        assertThat(Files.readString(file)).isEqualTo("old");
        assertThat(files()).containsExactly(file);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
