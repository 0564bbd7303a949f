package io.github.txt2lora.samples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelMismatchTest {

    @TempDir
    private Path folder;

    @Test
    void plots_each_lora_against_each_model() throws IOException {
        ModelMismatch.run(folder, ShortTraining.of(1), List.of(7L), ShortTraining.STEPS);

        assertThat(folder.resolve("krnkmd-on-chibi.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("krnkmd-on-perturbed.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("krnkmd-on-both.safetensors"))
                .content(ISO_8859_1)
                .contains("txt2lora.models");
        assertThat(Files.mismatch(folder.resolve("perturbed.safetensors"), folder.resolve("unseen.safetensors")))
                .isPositive();
        assertThat(Files.mismatch(folder.resolve("chibi.safetensors"), folder.resolve("perturbed.safetensors")))
                .isPositive();
        assertThat(folder.resolve("plot.png")).isNotEmptyFile();
    }
}
