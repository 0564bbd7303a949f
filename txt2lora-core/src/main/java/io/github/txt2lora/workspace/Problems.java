package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.FirstFew;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.Node;

/** What is wrong with one file of settings, gathered so that the user learns of everything at once. */
final class Problems {

    /** Whoever has mended so many looks again. */
    private static final int MOST_TOLD = 20;

    /** The first ones found are not always on the first lines. */
    private static final int MOST_KEPT = 1000;

    /** Longer values are cut in messages. */
    private static final int LONGEST_QUOTE = 60;

    private record Problem(int line, String text) {}

    private final Path file;
    private final List<Problem> found = new ArrayList<>();
    private int count;

    Problems(Path file) {
        this.file = file;
    }

    /** Adds a problem at the place where a node starts. */
    void add(Node node, String text) {
        add(node, () -> text);
    }

    /** Adds a problem whose text takes long to find, at the place where a node starts. */
    void add(Node node, Supplier<String> text) {
        add(node.getStartMark().getLine() + 1, text);
    }

    /** Adds a problem; lines count from 1. */
    void add(int line, String text) {
        add(line, () -> text);
    }

    private void add(int line, Supplier<String> text) {
        count++;
        if (found.size() < MOST_KEPT) {
            found.add(new Problem(line, text.get()));
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /**
     * Throws what was found, ordered by line; of many problems the first.
     *
     * @throws InvalidSettingException if anything was found
     */
    void throwIfAny() {
        if (!found.isEmpty()) {
            Stream<String> told = found.stream()
                    .sorted(Comparator.comparingInt(Problem::line))
                    .limit(MOST_TOLD)
                    .map(problem -> file + ", line " + problem.line() + ": " + problem.text());
            Stream<String> rest =
                    count > MOST_TOLD ? Stream.of(file + ": and " + FirstFew.more(count - MOST_TOLD)) : Stream.empty();
            throw new InvalidSettingException(Stream.concat(told, rest).collect(Collectors.joining("\n")));
        }
    }

    /** A value as it is shown in a message: in quotes, on one line, not endless. */
    static String quote(String value) {
        String line = value.replaceAll("\\p{Cntrl}", " ");
        return "'" + (line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + "…") + "'";
    }
}
