package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.Node;

/** What is wrong with one file of settings, gathered so that the user learns of everything at once. */
final class Problems {

    /** Longer values are cut in messages. */
    private static final int LONGEST_QUOTE = 60;

    private record Problem(int line, String text) {}

    private final Path file;
    private final List<Problem> found = new ArrayList<>();

    Problems(Path file) {
        this.file = file;
    }

    /** Adds a problem at the place where a node starts. */
    void add(Node node, String text) {
        add(node.getStartMark().getLine() + 1, text);
    }

    /** Adds a problem; lines count from 1. */
    void add(int line, String text) {
        found.add(new Problem(line, text));
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /**
     * Throws what was found, ordered by line.
     *
     * @throws InvalidSettingException if anything was found
     */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidSettingException(found.stream()
                    .sorted(Comparator.comparingInt(Problem::line))
                    .map(problem -> file + ", line " + problem.line() + ": " + problem.text())
                    .collect(Collectors.joining("\n")));
        }
    }

    /** A value as it is shown in a message: in quotes, on one line, not endless. */
    static String quote(String value) {
        String line = value.replaceAll("\\p{Cntrl}", " ");
        return "'" + (line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + "…") + "'";
    }
}
