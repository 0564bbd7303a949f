package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HairSliderTest {

    @TempDir
    private Path folder;

    @Test
    void trains_a_slider_and_plots_its_weights() {
        HairSlider.run(folder, ShortTraining.of(2), List.of(7L), 1);

        assertThat(folder.resolve("hair.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("plot.png")).isNotEmptyFile();
    }
}
