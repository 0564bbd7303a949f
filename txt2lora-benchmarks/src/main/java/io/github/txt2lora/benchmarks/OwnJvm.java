package io.github.txt2lora.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a program in a JVM of its own, so that start time and peak memory are its own too. */
public final class OwnJvm {

    private OwnJvm() {}

    /** The command that runs a program as this one is run. */
    public static List<String> command(Class<?> program, String... args) {
        return command(List.of(), System.getProperty("java.class.path"), program, args);
    }

    /** The same with options of Java and another class path. */
    public static List<String> command(List<String> javaOptions, String classPath, Class<?> program, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(List.of("-classpath", classPath, program.getName()));
        command.addAll(List.of(args));
        return command;
    }

    /** The program's standard output; its errors go to those of this process. */
    public static String run(Class<?> program, String... args) throws IOException, InterruptedException {
        return run(command(program, args));
    }

    /** The same of a command. */
    public static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " ended with exit code " + process.exitValue());
            }
            return output;
        } finally {
            process.destroy();
        }
    }
}
