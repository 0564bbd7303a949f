package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoCharactersTest {

    @TempDir
    private Path folder;

    @Test
    void draws_both_characters_of_one_lora_alone_and_together() throws IOException {
        TwoCharacters.run(folder, ShortTraining.of(2), 1);

        assertThat(folder.resolve("krnkmd-tyankmk.safetensors")).isNotEmptyFile();
        assertThat(PictureGrid.read(folder.resolve("each-alone.png"), 2, 1).pictures())
                .doesNotHaveDuplicates();
        assertThat(PictureGrid.readWide(folder.resolve("two-characters.png"), 4, 1)
                        .pictures())
                .doesNotHaveDuplicates();
    }
}
