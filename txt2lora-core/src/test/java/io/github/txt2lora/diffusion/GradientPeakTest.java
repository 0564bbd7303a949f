package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.txt2lora.jvm.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The estimate of a pass with gradient against the peak of a process where activations dominate. */
class GradientPeakTest {

    /** As in the estimate of a training. */
    private static final double OVERHEAD = 1.15;

    @TempDir
    Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void estimate_is_within_15_percent_of_the_measured_peak() throws Exception {
        Path lines = folder.resolve("lines");
        Process process = ChildJvm.start(GradientPeak.class, lines, List.of("-Xmx256m"), "BF16");

        assertThat(process.waitFor()).as(Files.readString(lines)).isZero();
        String[] words = Files.readAllLines(lines).stream()
                .filter(line -> line.startsWith("measured"))
                .findFirst()
                .orElseThrow()
                .split(" ", -1);
        double measured = Double.parseDouble(words[1]);
        double estimated = Double.parseDouble(words[3]) * OVERHEAD;
        assertThat(estimated).as(Files.readString(lines)).isCloseTo(measured, withinPercentage(15));
    }
}
