package io.github.txt2lora.internal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Temporary files of other processes. */
class LeftoverFilesTest {

    private static final String HOST = ProcessStamp.current().host();

    @TempDir
    Path folder;

    @Test
    void of_an_ended_process_are_removed_by_the_next_write() throws IOException {
        Path left = temporary(new ProcessStamp(Long.MAX_VALUE, 1, HOST));
        Path ofEarlierProcessWithOurId =
                temporary(new ProcessStamp(ProcessHandle.current().pid(), 1, HOST));

        AtomicFile.write(folder.resolve("x"), "x");

        assertThat(left).doesNotExist();
        assertThat(ofEarlierProcessWithOurId).doesNotExist();
        assertThat(folder.resolve("x")).exists();
    }

    @Test
    void of_a_living_process_stay() throws IOException {
        ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
        long start = parent.info().startInstant().orElseThrow().toEpochMilli();
        Path used = temporary(new ProcessStamp(parent.pid(), start, HOST));
        Path withoutStart = temporary(new ProcessStamp(parent.pid(), 0, HOST));
        Path ours = temporary(ProcessStamp.current());

        LeftoverFiles.clean(folder);

        assertThat(used).exists();
        assertThat(withoutStart).exists();
        assertThat(ours).exists();
    }

    @Test
    void of_another_machine_are_removed_after_a_day() throws IOException {
        Path old = temporary(new ProcessStamp(1, 1, "elsewhere"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        Path recent = temporary(new ProcessStamp(2, 1, "elsewhere"));

        LeftoverFiles.clean(folder);

        assertThat(old).doesNotExist();
        assertThat(recent).exists();
    }

    @Test
    void that_are_locked_stay_since_containers_do_not_see_each_others_processes() throws IOException {
        Path locked = temporary(new ProcessStamp(Long.MAX_VALUE, 1, HOST));

        try (FileChannel channel = FileChannel.open(locked, StandardOpenOption.WRITE)) {
            assertThat(FileLocks.tryLock(channel)).isEqualTo(FileLocks.Outcome.LOCKED);
            LeftoverFiles.clean(folder);
            assertThat(locked).exists();
        }
    }

    @Test
    void files_of_another_kind_stay() throws IOException {
        for (String name :
                new String[] {".txt2lora-.tmp", ".txt2lora-1-2.a.tmp", ".txt2lora-x-y-z.a.tmp", ".txt2lora-1-1-"}) {
            Files.createFile(folder.resolve(name));
        }

        LeftoverFiles.clean(folder);

        assertThat(folder).isDirectoryContaining("glob:**/.txt2lora-1-1-");
        assertThat(folder.toFile().list()).hasSize(4);
    }

    @Test
    void names_of_temporary_files_are_read_as_they_are_written() {
        ProcessStamp stamp = ProcessStamp.current();

        assertThat(ProcessStamp.parse(stamp.text())).contains(stamp);
        assertThat(stamp.liveness()).isEqualTo(ProcessStamp.Liveness.ALIVE);
        assertThat(TemporaryFile.beside(folder.resolve("x"))
                        .path()
                        .getFileName()
                        .toString())
                .startsWith(".txt2lora-" + stamp.text() + ".");
    }

    private Path temporary(ProcessStamp owner) throws IOException {
        return Files.writeString(folder.resolve(".txt2lora-" + owner.text() + ".1a2b3c4d.tmp"), "left");
    }
}
