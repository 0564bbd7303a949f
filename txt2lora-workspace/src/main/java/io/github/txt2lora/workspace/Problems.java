package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FirstFew;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * The errors and warnings of one file of settings, gathered so that the user sees all of them at once.
 */
final class Problems {

    /** Whoever has mended so many looks again. */
    private static final int MOST_TOLD = 20;

    /** The first ones found are not always on the first lines. */
    private static final int MOST_KEPT = 1000;

    /** Longer values are cut in messages. */
    private static final int LONGEST_QUOTE = 60;

    /** More keys that are ignored say no more. */
    private static final int MOST_IGNORED = 10;

    /** Stands for the line of what a command line says instead of the file. */
    static final int COMMAND_LINE = -1;

    private record Problem(int line, String text) {}

    /** A key without effect; the key that may have been meant takes long to find. */
    private record Ignored(int line, String key, Supplier<Optional<String>> meant) {

        String text() {
            return key + " (line " + line
                    + meant.get().map(near -> "; did you mean " + near + "?").orElse("") + ")";
        }
    }

    private final @Nullable Path file;
    private final UnknownKeys unknownKeys;
    private final List<Problem> found = new ArrayList<>();
    private int count;
    private final List<Ignored> ignored = new ArrayList<>();
    private int ignoredCount;
    private final List<Problem> warnings = new ArrayList<>();
    private int warningCount;

    /** Starts without problems, in a file whose unknown keys are refused. */
    Problems(Path file) {
        this(file, UnknownKeys.REFUSED);
    }

    /** No file for settings from a command line: then no text names a file or a line. */
    Problems(@Nullable Path file, UnknownKeys unknownKeys) {
        this.file = file;
        this.unknownKeys = unknownKeys;
    }

    /** The treatment of unknown keys. */
    UnknownKeys unknownKeys() {
        return unknownKeys;
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

    /** Adds something that the user should know, although the file can be used; lines count from 1. */
    void warn(int line, String text) {
        warningCount++;
        if (warnings.size() < MOST_KEPT) {
            warnings.add(new Problem(line, text));
        }
    }

    /**
     * Adds a key that means nothing.
     *
     * @param meant the key that may have been meant
     */
    void ignore(Node key, String path, Supplier<Optional<String>> meant) {
        ignoredCount++;
        if (ignored.size() < MOST_KEPT) {
            ignored.add(new Ignored(key.getStartMark().getLine() + 1, path, meant));
        }
    }

    /** The warnings, ordered by line; one text names all ignored keys. */
    List<String> warnings() {
        List<String> texts = new ArrayList<>();
        if (ignoredCount > 0) {
            String keys = ignored.stream()
                    .sorted(Comparator.comparingInt(Ignored::line))
                    .limit(MOST_IGNORED)
                    .map(Ignored::text)
                    .collect(Collectors.joining(", "));
            String more = ignoredCount > MOST_IGNORED ? " and " + FirstFew.more(ignoredCount - MOST_IGNORED) : "";
            texts.add(inFile() + "without effect, since LECO has no such keys: " + keys + more);
        }
        warnings.stream()
                .sorted(Comparator.comparingInt(Problem::line))
                .limit(MOST_TOLD)
                .map(warning -> at(warning.line()) + warning.text())
                .forEach(texts::add);
        if (warningCount > MOST_TOLD) {
            texts.add(inFile() + "and " + FirstFew.more(warningCount - MOST_TOLD));
        }
        return texts;
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /**
     * Throws the problems, ordered by line; of many the first.
     *
     * @throws InvalidSettingException if anything was found
     */
    void throwIfAny() {
        if (!found.isEmpty()) {
            Stream<String> told = found.stream()
                    .sorted(Comparator.comparingInt(Problem::line))
                    .limit(MOST_TOLD)
                    .map(problem -> at(problem.line()) + problem.text());
            Stream<String> rest = count > MOST_TOLD
                    ? Stream.of(inFile() + "and " + FirstFew.more(count - MOST_TOLD))
                    : Stream.empty();
            throw new InvalidSettingException(Stream.concat(told, rest).collect(Collectors.joining("\n")));
        }
    }

    private String inFile() {
        return file == null ? "" : file + ": ";
    }

    private String at(int line) {
        if (line == COMMAND_LINE) {
            return "--set: ";
        }
        return file == null ? "" : file + ", line " + line + ": ";
    }

    /** A value as it is shown in a message: in quotes, on one line, not endless. */
    static String quote(String value) {
        boolean fits = value.length() <= LONGEST_QUOTE;
        return "'" + Excerpt.of(fits ? value : value.substring(0, LONGEST_QUOTE)) + (fits ? "'" : "…'");
    }
}
