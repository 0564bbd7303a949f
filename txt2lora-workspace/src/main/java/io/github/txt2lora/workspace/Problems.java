package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FirstFew;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

    /** Stands for the column of what is a matter of the whole line. */
    private static final int NO_COLUMN = 0;

    private record Problem(int line, int column, String text) {}

    /** A key without effect; the key that may have been meant takes long to find. */
    private record Ignored(int line, String key, Supplier<Optional<String>> meant) {

        String text() {
            return key + " (line " + line
                    + meant.get().map(near -> "; did you mean " + near + "?").orElse("") + ")";
        }
    }

    private final @Nullable Path file;
    private final UnknownKeys unknownKeys;
    private final boolean tellsColumns;
    private final List<Problem> found = new ArrayList<>();
    private final Set<Problem> told = new HashSet<>();
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
        this(file, unknownKeys, false);
    }

    private Problems(@Nullable Path file, UnknownKeys unknownKeys, boolean tellsColumns) {
        this.file = file;
        this.unknownKeys = unknownKeys;
        this.tellsColumns = tellsColumns;
    }

    /** Starts without problems in a file of TOML, whose unknown keys are refused, and where columns are told. */
    static Problems ofToml(Path file) {
        return new Problems(file, UnknownKeys.REFUSED, true);
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
        int column = tellsColumns ? node.getStartMark().getColumn() + 1 : NO_COLUMN;
        add(node.getStartMark().getLine() + 1, column, text);
    }

    /** Adds a problem; lines count from 1. */
    void add(int line, String text) {
        add(line, NO_COLUMN, () -> text);
    }

    private void add(int line, int column, Supplier<String> text) {
        if (found.size() >= MOST_KEPT) {
            count++;
            return;
        }
        // what several pairs take from one place is a problem once
        Problem problem = new Problem(line, column, text.get());
        if (told.add(problem)) {
            count++;
            found.add(problem);
        }
    }

    /** Adds something that the user should know, although the file can be used; lines count from 1. */
    void warn(int line, String text) {
        Problem warning = new Problem(line, NO_COLUMN, text);
        if (warnings.size() >= MOST_KEPT) {
            warningCount++;
        } else if (told.add(warning)) {
            warningCount++;
            warnings.add(warning);
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
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .limit(MOST_TOLD)
                .map(warning -> at(warning) + warning.text())
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
            Stream<String> first = found.stream()
                    .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                    .limit(MOST_TOLD)
                    .map(problem -> at(problem) + problem.text());
            Stream<String> rest = count > MOST_TOLD
                    ? Stream.of(inFile() + "and " + FirstFew.more(count - MOST_TOLD))
                    : Stream.empty();
            throw new InvalidSettingException(Stream.concat(first, rest).collect(Collectors.joining("\n")));
        }
    }

    private String inFile() {
        return file == null ? "" : file + ": ";
    }

    private String at(Problem problem) {
        if (problem.line() == COMMAND_LINE) {
            return "--set: ";
        } else if (file == null) {
            return "";
        }
        String column = problem.column() == NO_COLUMN ? "" : ", column " + problem.column();
        return file + ", line " + problem.line() + column + ": ";
    }

    /** A value as it is shown in a message: in quotes, on one line, not endless. */
    static String quote(String value) {
        boolean fits = value.length() <= LONGEST_QUOTE;
        return "'" + Excerpt.of(fits ? value : value.substring(0, LONGEST_QUOTE)) + (fits ? "'" : "…'");
    }
}
