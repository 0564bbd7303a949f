package io.github.txt2lora.cli;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Scanner;

/** The width of the terminal. Asking changes nothing about it, unlike libraries that take over its signals. */
final class TerminalWidth {

    private static final int USUAL = 80;
    private static final int NARROWEST = 20;

    private TerminalWidth() {}

    /** In columns, as {@code stty} says; 80 if unknown. */
    static int columns() {
        if (System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
            return USUAL;
        }
        try {
            Process process = new ProcessBuilder("stty", "size")
                    .redirectInput(Redirect.from(new File("/dev/tty")))
                    .redirectError(Redirect.DISCARD)
                    .start();
            return parse(new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            return USUAL;
        }
    }

    /** From lines and columns. */
    static int parse(String size) {
        var numbers = new Scanner(size);
        if (numbers.hasNextInt()) {
            numbers.nextInt();
        }
        int columns = numbers.hasNextInt() ? numbers.nextInt() : 0;
        return columns == 0 ? USUAL : Math.max(columns, NARROWEST);
    }
}
