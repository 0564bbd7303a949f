package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaceOnlyTest {

    @TempDir
    private Path folder;

    @Test
    void dresses_both_faces_in_all_clothes() throws IOException {
        FaceOnly.run(folder, ShortTraining.of(1), ShortTraining.STEPS);

        assertThat(folder.resolve("krnkkao.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("tyankkao.safetensors")).isNotEmptyFile();
        assertThat(PictureGrid.read(folder.resolve("dressing-up.png"), 2, 5).pictures())
                .doesNotHaveDuplicates();
    }
}
