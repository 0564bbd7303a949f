package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.engine.ExitingTraining.Ending;
import io.github.txt2lora.jvm.ChildJvm;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process may end while its engine computes. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ExitTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"SYSTEM_EXIT, 3", "EXIT_WHILE_CLOSING, 3", "SIGNAL, 143"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process is killed there, not signalled")
    void process_ends_with_its_own_exit_code_and_its_training_can_go_on(Ending ending, int exitCode) throws Exception {
        Path errors = folder.resolve("hs_err.log");
        Path output = folder.resolve("lora");
        Process process = ChildJvm.program(
                        ExitingTraining.class,
                        List.of("-Xmx512m", "-XX:ErrorFile=" + errors),
                        ending.name(),
                        output.toString())
                .start();
        StringBuilder printed = new StringBuilder();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), Charset.defaultCharset()))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                printed.append(line).append('\n');
                if (line.equals(ExitingTraining.COMPUTING) && ending == Ending.SIGNAL) {
                    // unlike Process.destroy(), leaves what is still to be read
                    process.toHandle().destroy();
                }
            }
        } finally {
            process.destroyForcibly();
        }

        assertThat(process.waitFor()).as(printed.toString()).isEqualTo(exitCode);
        assertThat(errors).doesNotExist();
        try (Stream<Path> files = Files.list(output)) {
            assertThat(files).anyMatch(file -> file.toString().endsWith(".state"));
        }
    }

    @Test
    void a_program_whose_main_returns_trains_what_it_started_and_ends_with_its_engine_open() throws Exception {
        Path lines = folder.resolve("lines");
        Process process = ChildJvm.start(StartingMain.class, lines, List.of("-Xmx512m"), folder.toString());

        assertThat(process.waitFor()).as(Files.readString(lines)).isZero();
        assertThat(folder.resolve("first/krnkmd.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("second/krnkmd.safetensors")).isNotEmptyFile();
        assertThat(folder.resolve("own/krnkmd.safetensors")).isNotEmptyFile();
        assertThat(lines)
                .content()
                .contains(StartingMain.MAIN_ENDS, StartingMain.LISTENER_TOLD, StartingMain.DEPENDENT_RAN);
    }
}
