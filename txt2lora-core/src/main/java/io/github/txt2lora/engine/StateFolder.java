package io.github.txt2lora.engine;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.file.RegularFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The states of one LoRA, {@code NAME-ITERATION.state} in the folder of its file. */
final class StateFolder {

    private final Path folder;
    private final String name;
    private final Pattern pattern;

    StateFolder(LoraTraining training) {
        this.folder = training.output();
        this.name = training.name();
        this.pattern = Pattern.compile(Pattern.quote(name) + "-(\\d{1,9})\\.state");
    }

    /** The name of the state after an iteration. */
    Path file(int iteration) {
        return folder.resolve(name + "-" + iteration + ".state");
    }

    /** A pattern that matches the names of all states, for messages. */
    Path wildcard() {
        return folder.resolve(name + "-*.state");
    }

    /** The states that are there, the latest iteration first. */
    List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> matcher(file).matches())
                    .sorted(Comparator.comparingInt(this::iteration).reversed())
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException | UncheckedIOException e) {
            throw new StorageException("folder " + folder + " cannot be listed: " + e, e);
        }
    }

    /** The space that the states take. */
    long bytes() {
        long bytes = 0;
        for (Path file : files()) {
            try {
                bytes += Files.size(file);
            } catch (IOException e) {
                // it takes no space if it is gone
            }
        }
        return bytes;
    }

    /** The iteration in a state's name. */
    int iteration(Path file) {
        Matcher matcher = matcher(file);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(file + " is no state");
        }
        return Integer.parseInt(matcher.group(1));
    }

    private Matcher matcher(Path file) {
        return pattern.matcher(String.valueOf(file.getFileName()));
    }

    /** Deletes all states except these; links and folders of such names are not states. */
    void retain(List<Path> kept) {
        for (Path file : files()) {
            if (!kept.contains(file) && RegularFile.isAt(file)) {
                delete(file);
            }
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new StorageException("state " + file + " is not needed any more, but cannot be deleted: " + e, e);
        }
    }
}
