package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The scripts {@code bin/txt2lora} and, on Windows, {@code bin/txt2lora.bat}, in a copy of the project. */
class LauncherTest {

    private static final boolean IS_WINDOWS = OS.WINDOWS.isCurrentOs();
    private static final String NAME = IS_WINDOWS ? "txt2lora.bat" : "txt2lora";

    @TempDir
    private Path folder;

    private Path script;
    private Path target;

    @BeforeEach
    void copy() throws IOException {
        script = Files.createDirectories(folder.resolve("a project/bin")).resolve(NAME);
        Files.copy(Path.of("bin", NAME), script);
        target = Files.createDirectories(folder.resolve("a project/txt2lora-cli/target"));
    }

    private record Outcome(int exit, String text) {}

    @Test
    void says_where_it_looks_for_the_jar() throws Exception {
        Outcome outcome = run(script, Map.of());

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.text())
                .contains(Path.of("txt2lora-cli", "target", "txt2lora.jar") + " is missing; build it with: mvn");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links are for privileged users there")
    void finds_the_jar_through_links_to_links() throws Exception {
        writeJar();
        Path home = Files.createDirectories(folder.resolve("home bin"));
        Path absolute = Files.createSymbolicLink(home.resolve("lora"), script);
        Path relative = Files.createSymbolicLink(folder.resolve("t"), Path.of("home bin/lora"));

        assertThat(run(absolute, Map.of()).exit()).isEqualTo(7);
        assertThat(run(relative, Map.of()).exit()).isEqualTo(7);
    }

    @Test
    void passes_arguments_options_and_the_exit_status_on() throws Exception {
        writeJar();

        Outcome outcome = run(script, Map.of("TXT2LORA_OPTS", "-Dan.option=7 -Xmx64m"), "train", "a folder");

        assertThat(outcome.exit()).isEqualTo(7);
        assertThat(outcome.text()).contains("arguments [train, a folder]").contains("option 7");
    }

    @Test
    void threads_that_wait_rest_unless_the_environment_says_otherwise() throws Exception {
        writeJar();

        assertThat(run(script, Map.of()).text()).contains("OMP_WAIT_POLICY=passive");
        assertThat(run(script, Map.of("OMP_WAIT_POLICY", "active")).text()).contains("OMP_WAIT_POLICY=active");
    }

    @Test
    void java_home_without_java_is_told() throws Exception {
        writeJar();

        Outcome outcome = run(script, Map.of("JAVA_HOME", folder.toString()));

        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.text()).contains("JAVA_HOME is " + folder);
    }

    @Test
    void pytorch_beside_the_jar_is_named_unless_another_one_is() throws Exception {
        writeJar();
        Path pytorch = Files.createDirectories(
                target.resolve("pytorch").resolve("cu124").resolve("a-system"));
        Files.createFile(pytorch.resolve(System.mapLibraryName("torch")));

        assertThat(run(script, Map.of()).text())
                .containsPattern("PYTORCH_LIBRARY_PATH=.*txt2lora-cli.target.pytorch.cu124.a-system");
        assertThat(run(script, Map.of("PYTORCH_LIBRARY_PATH", "other")).text()).contains("PYTORCH_LIBRARY_PATH=other");
    }

    private void writeJar() throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, LaunchedProgram.class.getName());
        String classFile = LaunchedProgram.class.getName().replace('.', '/') + ".class";
        try (var jar = new JarOutputStream(Files.newOutputStream(target.resolve("txt2lora.jar")), manifest);
                InputStream code = LauncherTest.class.getClassLoader().getResourceAsStream(classFile)) {
            jar.putNextEntry(new JarEntry(classFile));
            code.transferTo(jar);
        }
    }

    private static Outcome run(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(IS_WINDOWS ? List.of("cmd", "/c") : List.of("sh"));
        command.add(launcher.toString());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("OMP_WAIT_POLICY", "TXT2LORA_OPTS", "PYTORCH_LIBRARY_PATH"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), text);
    }
}
