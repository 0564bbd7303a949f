package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EraserTest {

    @TempDir
    private Path folder;

    @Test
    void trains_a_lora_that_erases_and_draws_without_and_with_it() {
        Eraser.run(folder, ShortTraining.of(1), 1, 1);

        assertThat(folder.resolve("no-cat-ears.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("erased.png")).isNotEmptyFile();
    }
}
