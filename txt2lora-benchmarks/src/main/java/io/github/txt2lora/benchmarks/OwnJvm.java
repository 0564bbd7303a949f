package io.github.txt2lora.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a program in a JVM of its own, so that start time and peak memory are its own too. */
final class OwnJvm {

    private OwnJvm() {}

    /** The program's standard output; its errors go to those of this process. */
    static String run(Class<?> program, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-classpath",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(program.getSimpleName() + " " + String.join(" ", args) + " ended with exit code "
                        + process.exitValue());
            }
            return output;
        } finally {
            process.destroy();
        }
    }
}
