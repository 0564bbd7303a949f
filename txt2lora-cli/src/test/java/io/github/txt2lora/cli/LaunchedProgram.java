package io.github.txt2lora.cli;

import java.util.List;
import java.util.TreeMap;

/** Stands for the command line behind a launcher: prints what it was started with, a line for each. */
final class LaunchedProgram {

    private LaunchedProgram() {}

    public static void main(String[] arguments) {
        System.out.println("arguments " + List.of(arguments));
        System.out.println("option " + System.getProperty("an.option"));
        new TreeMap<>(System.getenv()).forEach((name, value) -> System.out.println(name + "=" + value));
        System.exit(7);
    }
}
