package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.txt2lora.jvm.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DJL asks its host whether it is one of EC2, and if so reports that it is used; not when this library loads it. */
class DjlReportTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void requireThatTheEnvironmentLeavesItToTheProgram() {
        assumeThat(System.getenv("OPT_OUT_TRACKING")).isNull();
        assumeThat(System.getenv("DJL_OFFLINE")).isNull();
    }

    @Test
    void nobody_is_told_that_the_engine_is_used() throws Exception {
        assertThat(opened()).isEqualTo("[]");
    }

    /** Or else the other test would prove nothing. */
    @Test
    void djl_by_itself_asks_its_host() throws Exception {
        assertThat(opened("PyTorch")).contains("http://169.254.169.254/");
    }

    private String opened(String... arguments) throws IOException, InterruptedException {
        Path lines = folder.resolve("lines");
        Process process = ChildJvm.start(DjlReportProbe.class, lines, List.of(), arguments);
        assertThat(process.waitFor()).as(Files.readString(lines)).isZero();
        String prefix = "opened ";
        return Files.readAllLines(lines).stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst()
                .orElseThrow();
    }
}
