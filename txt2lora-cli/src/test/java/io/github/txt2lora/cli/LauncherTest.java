package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code bin/txt2lora}, in a copy of the project that has no jar: it says where it looks for one. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the script is for the shells of other systems")
class LauncherTest {

    @TempDir
    private Path folder;

    private Path script;

    @BeforeEach
    void copy() throws IOException {
        script = Files.createDirectories(folder.resolve("project/bin")).resolve("txt2lora");
        Files.copy(Path.of("bin/txt2lora"), script);
    }

    @Test
    void finds_the_jar_from_its_own_place() throws Exception {
        assertThat(errorsOf(script)).contains(folder + "/project/bin/../txt2lora-cli/target/txt2lora.jar is missing");
    }

    @Test
    void finds_it_through_links_to_links_too() throws Exception {
        Path home = Files.createDirectories(folder.resolve("home bin"));
        Path absolute = Files.createSymbolicLink(home.resolve("lora"), script);
        Path relative = Files.createSymbolicLink(folder.resolve("t"), Path.of("home bin/lora"));

        for (Path link : new Path[] {absolute, relative}) {
            assertThat(errorsOf(link)).contains(folder + "/project/bin/../txt2lora-cli/target/txt2lora.jar is missing");
        }
    }

    private static String errorsOf(Path link) throws Exception {
        Process process = new ProcessBuilder("sh", link.toString()).start();
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        return errors;
    }
}
