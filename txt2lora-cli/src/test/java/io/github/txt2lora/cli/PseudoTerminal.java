package io.github.txt2lora.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;

/** A program of this class path in a terminal of its own, made by {@code script} of util-linux. */
final class PseudoTerminal implements AutoCloseable {

    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final int CTRL_C = 3;

    private final Process process;
    private final InputStream shown;
    private final OutputStream keys;
    private final StringBuilder text = new StringBuilder();

    private PseudoTerminal(Process process) {
        this.process = process;
        this.shown = process.getInputStream();
        this.keys = process.getOutputStream();
    }

    /** Starts a main class; the test is skipped where there is no {@code script} for it. */
    static PseudoTerminal run(Class<?> main, String... arguments) throws IOException {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux") && Files.isExecutable(SCRIPT),
                "a terminal is made by " + SCRIPT + " of util-linux, which is missing");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        String line = command.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                // as in a terminal of its own, whatever this JVM was told to ignore, for example by nohup
                .collect(Collectors.joining(" ", "exec env --default-signal=HUP,INT,TERM ", ""));
        ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString(), "-qefc", line, "/dev/null");
        builder.environment().put("TERM", "xterm");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return new PseudoTerminal(builder.redirectErrorStream(true).start());
    }

    /** Reads until a text was shown, or everything if it is not. */
    void await(String awaited) throws IOException {
        for (int next = 0; next >= 0 && text.indexOf(awaited) < 0; ) {
            next = readMore();
        }
    }

    private int readMore() throws IOException {
        byte[] bytes = new byte[4096];
        int length = shown.read(bytes);
        if (length > 0) {
            text.append(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
        }
        return length;
    }

    void pressCtrlC() throws IOException {
        keys.write(CTRL_C);
        keys.flush();
    }

    /** All that was shown until the program ended. */
    String toEnd() throws IOException {
        while (readMore() >= 0) {
            // until the end
        }
        return text.toString();
    }

    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    /** The program in it. */
    ProcessHandle program() {
        return process.children().findFirst().orElseThrow();
    }

    /** As somebody who closes the window. */
    void closeWindow() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        List<ProcessHandle> programs = process.descendants().toList();
        process.destroyForcibly();
        programs.forEach(ProcessHandle::destroyForcibly);
    }
}
