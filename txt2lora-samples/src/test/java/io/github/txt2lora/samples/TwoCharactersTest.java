package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoCharactersTest {

    @TempDir
    private Path folder;

    @Test
    void draws_both_characters_of_one_lora_alone_and_together() throws IOException {
        TwoCharacters.run(folder, ShortTraining.of(2), 1, ShortTraining.STEPS);

        assertThat(folder.resolve("krnkmd-tyankmk.safetensors")).isNotEmptyFile();
        assertThat(PictureGrid.read(folder.resolve("each-alone.png"), 2, 1).pictures())
                .doesNotHaveDuplicates();
        List<List<Integer>> together =
                PictureGrid.readWide(folder.resolve("two-characters.png"), 4, 1).pictures();
        assertThat(together.get(1)).isNotEqualTo(together.get(0));
        // both syntaxes give the whole image a share of 0.2 and each half one of 0.8
        assertThat(together.subList(2, 4)).isEqualTo(together.subList(0, 2));
    }
}
