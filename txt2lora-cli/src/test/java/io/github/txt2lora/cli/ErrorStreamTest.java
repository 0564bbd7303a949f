package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ErrorStreamTest {

    @TempDir
    private Path folder;

    /** Writes down what it finds, since both streams are under test. */
    static final class Probe {

        private Probe() {}

        public static void main(String[] args) throws IOException {
            Files.writeString(Path.of(args[0]), String.valueOf(ErrorStream.isTerminal()));
        }
    }

    @Test
    void file_for_errors_is_no_terminal_though_output_goes_to_one() throws Exception {
        assertThat(isTerminalWith("2>" + folder.resolve("errors.txt"))).isEqualTo("false");
    }

    @Test
    void errors_go_to_a_terminal_though_output_goes_into_a_file() throws Exception {
        assertThat(isTerminalWith(">" + folder.resolve("output.txt"))).isEqualTo("true");
    }

    /** In a pseudo-terminal. */
    private String isTerminalWith(String redirection) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "no util-linux on this machine");
        Path answer = folder.resolve("answer.txt");
        String command = "'" + Path.of(System.getProperty("java.home"), "bin", "java") + "' -cp '"
                + System.getProperty("java.class.path") + "' '" + Probe.class.getName() + "' '" + answer + "' "
                + redirection;
        ProcessBuilder builder = new ProcessBuilder("/usr/bin/script", "-qec", command, "/dev/null")
                .redirectInput(ProcessBuilder.Redirect.from(
                        Files.createFile(folder.resolve("empty.txt")).toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("NO_COLOR");
        assertThat(builder.start().waitFor()).isZero();
        return Files.readString(answer);
    }

    @Test
    void plain_lines_can_be_asked_for() {
        assertThat(ErrorStream.wantsMore(Map.of("TERM", "xterm"))).isTrue();
        assertThat(ErrorStream.wantsMore(Map.of("NO_COLOR", ""))).isTrue();
        assertThat(ErrorStream.wantsMore(Map.of("NO_COLOR", "1"))).isFalse();
        assertThat(ErrorStream.wantsMore(Map.of("TERM", "dumb"))).isFalse();
    }
}
