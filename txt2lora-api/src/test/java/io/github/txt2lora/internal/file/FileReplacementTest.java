package io.github.txt2lora.internal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.github.txt2lora.internal.file.FaultyFileSystem.Operation;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A target that another program has open, as only Windows knows it. */
class FileReplacementTest {

    private final List<Long> pauses = new ArrayList<>();
    private final FileReplacement replacement = new FileReplacement(pauses::add);
    private FaultyFileSystem fileSystem;
    private Path source;
    private Path target;

    @BeforeEach
    void files() throws IOException {
        fileSystem = new FaultyFileSystem(Jimfs.newFileSystem(Configuration.unix()));
        source = Files.writeString(fileSystem.getPath("/source"), "new");
        target = Files.writeString(fileSystem.getPath("/target"), "old");
    }

    @AfterEach
    void close() throws IOException {
        fileSystem.close();
    }

    @Test
    void is_tried_again_until_it_is_closed() throws IOException {
        open(2, new AccessDeniedException("/target"));

        replacement.replace(source, target);

        assertThat(pauses).containsExactly(50L, 100L);
        assertThat(Files.readString(target)).isEqualTo("new");
    }

    @Test
    void is_given_up_after_a_while() throws IOException {
        var inUse = new FileSystemException("/target", null, "it is being used by another process");
        open(5, inUse);

        assertThatThrownBy(() -> replacement.replace(source, target)).isSameAs(inUse);

        assertThat(pauses).containsExactly(50L, 100L, 200L, 400L);
        assertThat(StorageFailure.of(target, 3, inUse))
                .hasMessage("/target cannot be written: another program has it open; close it there, then try again");
        assertThat(Files.readString(target)).isEqualTo("old");
    }

    @Test
    void is_given_up_when_the_thread_is_interrupted() throws IOException {
        open(1, new AccessDeniedException("/target"));
        var interrupted = new FileReplacement(millis -> {
            throw new InterruptedException();
        });

        assertThatThrownBy(() -> interrupted.replace(source, target)).isInstanceOf(AccessDeniedException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void other_failures_are_not_waited_for() {
        open(1, new FileSystemException("/target", null, "Input/output error"));

        assertThatThrownBy(() -> replacement.replace(source, target)).hasMessageContaining("Input/output error");
        assertThat(pauses).isEmpty();
    }

    private void open(int times, IOException failure) {
        int[] left = {times};
        fileSystem.fault((operation, path) -> {
            if (operation == Operation.ATOMIC_MOVE && left[0]-- > 0) {
                throw failure;
            }
        });
    }
}
