package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.ProcessStamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {

    @TempDir
    Path folder;

    @Test
    void is_gone_again_if_nothing_came_into_it() {
        Path file = folder.resolve("a").resolve("b").resolve("krnkmd.safetensors");

        OutputFolder output = open(file);
        assertThat(file.getParent()).isDirectory();
        output.close();

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void takes_two_loras_at_once_but_not_the_same_one_twice() {
        OutputFolder first = open(folder.resolve("krnkmd.safetensors"));
        OutputFolder other = open(folder.resolve("tyankmk.safetensors"));

        assertThatThrownBy(() -> open(folder.resolve("krnkmd.safetensors")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("is being produced by the training of krnkmd in this program");

        first.close();
        other.close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void loses_what_a_killed_training_has_left() throws IOException {
        var killed = new ProcessStamp(Long.MAX_VALUE, 1, ProcessStamp.current().host());
        Files.writeString(folder.resolve(".txt2lora-" + killed.text() + ".1a2b3c4d.tmp"), "left");
        Files.writeString(folder.resolve(".txt2lora-lock-krnkmd.safetensors"), killed.text());

        open(folder.resolve("krnkmd.safetensors")).close();

        assertThat(folder).isEmptyDirectory();
    }

    private static OutputFolder open(Path file) {
        return OutputFolder.open(file, "the training of krnkmd", warning -> {
            throw new AssertionError(warning);
        });
    }
}
