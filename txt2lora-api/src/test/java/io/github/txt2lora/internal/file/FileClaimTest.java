package io.github.txt2lora.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.github.txt2lora.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class FileClaimTest {

    @TempDir
    Path folder;

    private final List<String> warnings = new ArrayList<>();

    @AfterEach
    void leaves_no_trace_in_the_system_properties() {
        assertThat(System.getProperties().keySet())
                .noneMatch(key -> key.toString().startsWith("txt2lora.claim"));
    }

    /** Runs in another process: claims the file until it is killed or told to end. */
    public static void main(String[] arguments) throws IOException {
        FileClaim claim = FileClaim.take(Path.of(arguments[0]), "a test", warning -> {
            throw new AssertionError(warning);
        });
        System.out.println("claimed");
        System.in.read();
        claim.close();
    }

    @Test
    void is_refused_while_another_process_holds_it_and_taken_over_once_that_is_killed() throws Exception {
        Path file = folder.resolve("krnkmd.safetensors");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FileClaimTest.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = other.inputReader()) {
            assertThat(output.readLine()).isEqualTo("claimed");

            assertThatThrownBy(() -> FileClaim.take(file, "a test", warnings::add))
                    .isInstanceOf(StorageException.class)
                    .hasMessageMatching("\\Q" + file + " is being produced by process " + other.pid() + " on "
                            + ProcessStamp.current().host()
                            + " (since \\E[-0-9]+T[:0-9]+Z\\); wait until that has ended,"
                            + " or choose another name or another folder");
            assertThat(FileClaim.tryTake(file, "a test", warnings::add)).isEmpty();
            FileClaim.take(folder.resolve("tyankmk.safetensors"), "a test", warnings::add)
                    .close();

            other.destroyForcibly().waitFor();
            assertThat(folder).isNotEmptyDirectory();
            FileClaim.take(file, "a test", warnings::add).close();
        } finally {
            other.destroyForcibly();
        }
        assertThat(folder).isEmptyDirectory();
        assertThat(warnings).isEmpty();
    }

    @Test
    void is_refused_while_another_engine_of_this_process_holds_it() {
        Path file = folder.resolve("krnkmd.safetensors");
        FileClaim first = FileClaim.take(file, "a test", warnings::add);

        // by another path to the same folder
        Path same = folder.resolve("..").resolve(folder.getFileName()).resolve("krnkmd.safetensors");
        assertThatThrownBy(() -> FileClaim.take(same, "a test", warnings::add))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith(same + " is being produced by a test in this program (since ");

        first.close();
        assertThat(folder).isEmptyDirectory();
        FileClaim.take(same, "a test", warnings::add).close();
    }

    /** File systems give the identity of a removed lock file to the next one. */
    @Test
    void files_that_are_claimed_and_given_up_at_the_same_time_do_not_disturb_each_other() {
        IntStream.range(0, 4).parallel().forEach(thread -> {
            for (int i = 0; i < 500; i++) {
                FileClaim.take(folder.resolve(thread + ".safetensors"), "a test", ignored -> {})
                        .close();
            }
        });

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "its file systems tell no identities of files")
    void is_refused_under_another_name_of_the_same_file_as_where_capitals_do_not_count() throws IOException {
        Path file = folder.resolve("krnkmd.safetensors");
        Path same = folder.resolve("Krnkmd.safetensors");

        try (FileClaim first = FileClaim.take(file, "the training of krnkmd", warnings::add)) {
            assertThat(first).isNotNull();
            Files.createLink(
                    folder.resolve(".txt2lora-lock-Krnkmd.safetensors"),
                    folder.resolve(".txt2lora-lock-krnkmd.safetensors"));
            assertThatThrownBy(() -> FileClaim.take(same, "the training of Krnkmd", warnings::add))
                    .isInstanceOf(StorageException.class)
                    .hasMessageStartingWith(
                            same + " is being produced by the training of krnkmd in this program (since ");
        }
    }

    @Test
    void lock_file_of_an_ended_process_is_taken_over() throws IOException {
        Path file = folder.resolve("krnkmd.safetensors");
        left(file, new ProcessStamp(Long.MAX_VALUE, 1, ProcessStamp.current().host()));

        FileClaim.take(file, "a test", warnings::add).close();

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void living_process_is_respected_where_locks_do_not_work() throws IOException {
        try (FileSystem withoutRealLocks = Jimfs.newFileSystem(Configuration.unix())) {
            Path file = withoutRealLocks.getPath("/krnkmd.safetensors");
            ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
            left(file, new ProcessStamp(parent.pid(), 0, ProcessStamp.current().host()));

            assertThatThrownBy(() -> FileClaim.take(file, "a test", warnings::add))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("process " + parent.pid());
        }
    }

    @Test
    void text_of_a_lock_file_that_says_nothing_does_not_matter() throws IOException {
        Path file = folder.resolve("krnkmd.safetensors");
        for (String text : List.of("", "\0\0", "x".repeat(5000))) {
            Files.writeString(folder.resolve(".txt2lora-lock-krnkmd.safetensors"), text);
            FileClaim.take(file, "a test", warnings::add).close();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void nothing_is_written_through_a_link_of_the_lock_files_name() throws Exception {
        Path file = folder.resolve("krnkmd.safetensors");
        Path lock = folder.resolve(".txt2lora-lock-krnkmd.safetensors");
        Path real = Files.writeString(folder.resolve("real"), "precious");

        Files.createSymbolicLink(lock, real);
        assertRefused(file, lock + " is a link to " + real + "; expected");
        Files.delete(lock);
        Files.createSymbolicLink(lock, folder.resolve("nothing"));
        assertRefused(file, lock + " is a link to " + folder.resolve("nothing") + "; expected");
        Files.delete(lock);
        Files.createLink(lock, real);
        assertRefused(file, lock + " is another name (a hard link) of a file");
        Files.delete(lock);
        Files.createDirectory(lock);
        assertRefused(file, lock + " is a folder; expected");
        Files.delete(lock);
        new ProcessBuilder("mkfifo", lock.toString()).start().waitFor();
        assertRefused(file, lock + " is a pipe, socket or device; expected");

        assertThat(real).hasContent("precious");
        assertThat(folder.resolve("nothing")).doesNotExist();
    }

    private void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> FileClaim.take(file, "a test", warnings::add))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void missing_folder_is_told() {
        assertThatThrownBy(() -> FileClaim.take(folder.resolve("none").resolve("x"), "a test", warnings::add))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("folder " + folder.resolve("none") + " does not exist");
    }

    @Test
    void folder_that_vanishes_while_a_file_is_claimed_does_no_harm() throws IOException {
        Path gone = Files.createDirectory(folder.resolve("gone"));
        try (FileClaim claim = FileClaim.take(gone.resolve("x"), "a test", warnings::add)) {
            assertThat(claim).isNotNull();
            Files.delete(gone.resolve(".txt2lora-lock-x"));
            Files.delete(gone);
        }
        assertThat(folder).isEmptyDirectory();
    }

    private static void left(Path file, ProcessStamp owner) throws IOException {
        Files.writeString(file.resolveSibling(".txt2lora-lock-" + file.getFileName()), owner.text() + " 2026-01-01");
    }
}
