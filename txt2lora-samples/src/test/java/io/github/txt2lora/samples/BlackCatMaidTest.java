package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlackCatMaidTest {

    @TempDir
    private Path folder;

    @Test
    void leaves_a_lora_and_a_picture_whose_rows_differ() throws IOException {
        BlackCatMaid.run(folder, ShortTraining.of(2), 1);

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "chibi.safetensors", "krnkmd.safetensors", "krnkmd-2.state", "before-after.png");
        }
        assertThat(PictureGrid.read(folder.resolve("before-after.png"), 5, 1).pictures())
                .doesNotHaveDuplicates();
    }
}
