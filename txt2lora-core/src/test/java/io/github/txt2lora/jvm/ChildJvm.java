package io.github.txt2lora.jvm;

import io.github.txt2lora.torch.TestTorch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a program of the tests in a JVM of its own. */
public final class ChildJvm {

    private ChildJvm() {}

    /**
     * Starts a main class.
     *
     * @param lines the file that gets what it prints
     * @param options of the JVM
     */
    public static Process start(Class<?> main, Path lines, List<String> options, String... arguments)
            throws IOException {
        return program(main, options, arguments).redirectOutput(lines.toFile()).start();
    }

    /** A main class that is yet to be started; errors go where the output goes. */
    public static ProcessBuilder program(Class<?> main, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String device = System.getProperty(TestTorch.DEVICE);
        if (device != null) {
            command.add("-D" + TestTorch.DEVICE + "=" + device);
        }
        // as the tests themselves: short programs gain nothing from an optimising compiler
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // glibc would open a heap for each of many threads, and keep what is free in each
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        return builder;
    }
}
