package io.github.txt2lora.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no pipes in folders, and links need a right of their own")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class RegularFileTest {

    @TempDir
    Path folder;

    private Path pipe(String name) throws Exception {
        Path pipe = folder.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        return pipe;
    }

    private static void assertRefused(Path file, String kind) {
        assertThat(RegularFile.isAt(file)).isFalse();
        assertThatThrownBy(() -> RegularFile.requireReplaceable(file))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith(file + " is " + kind)
                .hasMessageContaining("; expected a name that is free, or a file");
        assertThatThrownBy(() -> RegularFile.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is " + kind);
        assertThatThrownBy(() -> RegularFile.openToChange(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is " + kind);
    }

    @Test
    void links_are_refused_whatever_they_lead_to() throws Exception {
        Path real = Files.writeString(folder.resolve("real"), "old");
        Path dangling = folder.resolve("nothing");

        assertRefused(Files.createSymbolicLink(folder.resolve("a"), real), "a link to " + real);
        assertRefused(Files.createSymbolicLink(folder.resolve("b"), dangling), "a link to " + dangling);
        assertRefused(Files.createSymbolicLink(folder.resolve("c"), folder), "a link to " + folder);
        assertRefused(Files.createSymbolicLink(folder.resolve("d"), pipe("pipe")), "a link to ");
        assertRefused(Files.createSymbolicLink(folder.resolve("e"), folder.resolve("e")), "a link to ");

        assertThat(real).hasContent("old");
        assertThat(dangling).doesNotExist();
    }

    @Test
    void folders_pipes_and_devices_are_refused_at_once() throws Exception {
        assertRefused(Files.createDirectory(folder.resolve("a")), "a folder");
        assertRefused(pipe("b"), "a pipe, socket or device");
        assertRefused(Path.of("/dev/null"), "a pipe, socket or device");
        assertRefused(Path.of("/dev/zero"), "a pipe, socket or device");
    }

    @Test
    void free_names_and_files_pass() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "old");

        RegularFile.requireReplaceable(file);
        RegularFile.requireReplaceable(folder.resolve("free"));
        try (FileChannel channel = RegularFile.openToChange(file, StandardOpenOption.READ)) {
            assertThat(channel.size()).isEqualTo(3);
        }
        assertThat(RegularFile.isAt(file)).isTrue();
        assertThatThrownBy(() -> RegularFile.open(folder.resolve("free"), StandardOpenOption.READ))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void file_with_a_second_name_is_not_changed_in_its_place() throws IOException {
        Path real = Files.writeString(folder.resolve("real"), "old");
        Path other = Files.createLink(folder.resolve("other"), real);

        assertThatThrownBy(() -> RegularFile.openToChange(other, StandardOpenOption.WRITE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is another name (a hard link) of a file");
        RegularFile.open(other, StandardOpenOption.READ).close();
    }

    @Test
    void what_a_user_gives_may_be_a_link_but_no_pipe() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.writeString(folder.resolve("real"), "old"));

        try (FileChannel channel = RegularFile.openToRead(link)) {
            assertThat(channel.size()).isEqualTo(3);
        }
        assertThatThrownBy(() -> RegularFile.openToRead(pipe("pipe")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a pipe, socket or device; expected a file");
        assertThatThrownBy(() -> RegularFile.openToRead(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a folder; expected a file");
    }

    @Test
    void leftovers_that_are_pipes_or_links_hang_and_change_nothing() throws Exception {
        String owner =
                new ProcessStamp(Long.MAX_VALUE, 1, ProcessStamp.current().host()).text();
        Path pipe = pipe(".txt2lora-" + owner + ".1a2b3c4d.tmp");
        Path old = pipe(".txt2lora-old-krnkmd");
        Path real = Files.writeString(folder.resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve(".txt2lora-" + owner + ".ffffffff.tmp"), real);

        AtomicFile.write(folder.resolve("new"), "new");

        assertThat(folder.resolve("new")).hasContent("new");
        assertThat(pipe).exists();
        assertThat(old).exists();
        assertThat(folder.resolve("krnkmd")).doesNotExist();
        assertThat(link).isSymbolicLink();
        assertThat(real).hasContent("old");
    }
}
